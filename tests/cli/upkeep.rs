//! What a server does beside answering: what is kept no longer goes, also what came of age while no server ran.

use std::sync::Arc;
use std::time::{Duration, Instant};

use dateline::db::{Db, Error, PoolSize, Statement};
use dateline::kernel::clock::SystemClock;
use serde_json::json;

use crate::support::database::TestDatabase;
use crate::support::engines;
use crate::support::folder::Folder;
use crate::support::program::{ADMIN, Server, serve, wait};

/// So long a server may take for it after its start.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn what_has_been_in_the_trash_for_too_long_is_purged_at_the_start_if_a_setting_says_so() {
    for engine in engines() {
        let (database, folder) = (TestDatabase::empty(*engine), Folder::new());
        let start = |days: &str| {
            let mut command = serve(folder.path(), database.url());
            command.env("TRASH_KEPT_DAYS", days);
            Server::start(command)
        };
        let server = start("0");
        let admin = server.user(ADMIN.0, ADMIN.1);
        let path = wait(async {
            let whole = json!({ "title": "Old", "body": { "format": "markdown", "source": "Text." } });
            let path = admin.post("/v1/editor/articles").json(whole).await.is_created().expect_header("location").to_owned();
            admin.delete(&path).if_match("*").await.is_no_content();
            path
        });
        server.terminate();
        assert_eq!(server.ended().0, Some(0));

        let db = Db::open(&database.url().parse().unwrap(), Arc::new(SystemClock::new()), PoolSize(1)).unwrap();
        let a_day_ago = |tx: &mut dateline::db::Tx<'_>| {
            Statement::<()>::new("UPDATE articles SET trashed_at = trashed_at - 86400000").execute(tx.conn())?;
            Ok::<_, Error>(())
        };
        db.run_write(a_day_ago).unwrap();
        drop(db);

        let server = start("2");
        let admin = server.user(ADMIN.0, ADMIN.1);
        assert_eq!(wait(async { admin.get(&path).await }).status, 200, "it is not due yet");
        server.terminate();
        assert_eq!(server.ended().0, Some(0));
        let (server, begun) = (start("1"), Instant::now());
        loop {
            let admin = server.user(ADMIN.0, ADMIN.1);
            if wait(async { admin.get(&path).await }).status == 404 {
                break;
            }
            assert!(begun.elapsed() < SOON, "{engine:?}: it is still there: {}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
        server.terminate();
        assert_eq!(server.ended().0, Some(0));
    }
}
