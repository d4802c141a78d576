use actix_web::body::to_bytes;
use actix_web::http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use actix_web::test::TestRequest;

use super::*;

fn header<'a>(response: &'a HttpResponse, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[actix_web::test]
async fn each_coding_has_its_own_strong_tag_and_its_own_304() {
    let value = vec!["news"; 1000];
    let mut tags = Vec::new();
    for accepted in ["identity", "gzip", "br", "zstd"] {
        let request = TestRequest::default().insert_header((ACCEPT_ENCODING, accepted)).to_http_request();
        let response = delivered(&request, &value, Lifetime::seconds(7)).await.unwrap();
        assert_eq!(header(&response, "cache-control"), "public, max-age=7");
        assert_eq!(header(&response, "vary"), "Accept-Encoding");
        let tag = header(&response, "etag").to_owned();
        let request = TestRequest::default().insert_header((ACCEPT_ENCODING, accepted)).insert_header((IF_NONE_MATCH, tag.clone()));
        let response = delivered(&request.to_http_request(), &value, Lifetime::seconds(7)).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(header(&response, "etag"), tag);
        assert_eq!(header(&response, "cache-control"), "public, max-age=7");
        assert!(to_bytes(response.into_body()).await.unwrap().is_empty());
        tags.push(tag);
    }
    tags.dedup();
    assert_eq!(tags.len(), 4);
}

#[actix_web::test]
async fn links_keep_the_parameters_and_replace_the_cursor() {
    let page = Page { items: vec![1], next: Some("N".to_owned()), previous: Some("P".to_owned()), total: None };
    let request = TestRequest::with_uri("/v1/articles?tag=a%20b&%63ursor=X&limit=2&%70%61ge=3")
        .app_data(PublicUrl("https://api.example.org".to_owned()));
    let request = request.to_http_request();
    let response = Delivered::new(Lifetime::NONE).page(&request, &page).json(&request, &1).await.unwrap();
    assert_eq!(
        header(&response, "link"),
        "<https://api.example.org/v1/articles?tag=a%20b&limit=2&cursor=N>; rel=\"next\", \
         <https://api.example.org/v1/articles?tag=a%20b&limit=2&cursor=P>; rel=\"prev\""
    );
}

#[actix_web::test]
async fn a_redirect_keeps_the_query() {
    let request = TestRequest::with_uri("/v1/articles/old?locale=tk").to_http_request();
    let response = moved(&request, "new", Lifetime::seconds(60)).unwrap();
    assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
    assert_eq!(header(&response, "location"), "/v1/articles/new?locale=tk");
}
