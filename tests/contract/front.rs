//! What a front end asks about the site as a whole (contract 4).

use serde_json::json;

use crate::on_both_engines;
use crate::site::Site;

on_both_engines! {
    async fn a_front_end_learns_name_address_languages_and_zone_of_the_site(engine) {
        let site = Site::at(engine, "2026-11-30T09:00:00Z");
        let answer = site.anyone().get("/v1/site").await;
        let expected = json!({ "name": "The Morning News", "url": "https://www.example.org", "locales": ["en", "tk"], "time_zone": "Asia/Ashgabat" });
        assert_eq!(answer.is_ok().json(), &expected);
        answer.has_header("cache-control", "public, max-age=60");
        site.anyone().get("/v1/site?locale=en").await.is_problem(400, "invalid_parameter");
    }
}
