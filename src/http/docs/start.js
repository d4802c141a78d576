// Starts Swagger UI. A login that is tried out authorizes the calls after it; nothing is kept when the page is closed.
window.addEventListener("load", () => {
  const ui = SwaggerUIBundle({
    url: "/v1/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    displayRequestDuration: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    filter: true,
    validatorUrl: null,
    responseInterceptor: (response) => {
      const path = new URL(response.url, window.location.href).pathname;
      if (response.ok && (path.endsWith("/v1/auth/login") || path.endsWith("/v1/auth/refresh"))) {
        const token = response.body && response.body.access_token ? response.body.access_token : JSON.parse(response.text || "{}").access_token;
        if (token) {
          ui.preauthorizeApiKey("bearer", token);
        }
      }
      return response;
    },
  });
  window.ui = ui;
});
