//! A panic is a fault of the server, not of the database, wherever it happens.

use dateline::kernel::problem::{Code, Problem};

use crate::on_both_engines;
use crate::site::Site;

on_both_engines! {
    async fn what_panics_while_it_reads_is_a_fault_of_ours_and_the_next_one_reads(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        for _ in 0..20 {
            let failed = site.db().read_long(|_| -> Result<(), Problem> { panic!("by accident") }).await.unwrap_err();
            assert_eq!(failed.code(), Code::Internal);
            assert_eq!(failed.cause().unwrap().to_string(), "panic: by accident");
        }
        site.db().check_readable().await.unwrap();
        site.anyone().get("/v1/articles").await.is_ok();
    }
}
