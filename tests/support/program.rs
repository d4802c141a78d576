//! The built program, run in a folder of its own with nothing in its environment but what a test gives it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::json;

use super::answer::Answer;
use super::client::Client;

/// The program in a folder, without the environment of the test.
pub fn dateline(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.args(arguments).current_dir(folder).env_clear().stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    dateline(folder, arguments).output().unwrap()
}

/// What it said to standard error.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What it printed.
pub fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs to its end on this thread.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The admin of [`serve`].
pub const ADMIN: (&str, &str) = ("chief@example.org", "correct horse battery");

/// The program as a server of this database, whose first admin is [`ADMIN`]. It logs little.
pub fn serve(folder: &Path, database_url: &str) -> Command {
    let mut command = dateline(folder, &["serve"]);
    command.env("DATABASE_URL", database_url).env("ADMIN_EMAIL", ADMIN.0).env("ADMIN_PASSWORD", ADMIN.1);
    command.env("LOG", "warn,dateline::cli=info").env("WORKERS", "2");
    command
}

/// Runs a command with something on its standard input.
pub fn run_with(mut command: Command, input: &str) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

/// A server that runs until this value is dropped.
pub struct Server {
    child: Child,
    log: Arc<Mutex<String>>,
    /// Reads the log as it comes: a full pipe would hold the program up.
    reader: Option<JoinHandle<()>>,
    /// Where it listens.
    pub address: String,
}

impl Server {
    /// Starts it at a free port and waits until it listens. It must log at `info` for `dateline::cli`.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.env("LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (log, output) = (Arc::new(Mutex::new(String::new())), BufReader::new(child.stderr.take().unwrap()));
        let (found, address) = mpsc::channel();
        let reader = thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for line in output.lines().map_while(Result::ok) {
                    if let Some(address) = listens_at(&line) {
                        let _ = found.send(address);
                    }
                    let mut log = log.lock().unwrap();
                    log.push_str(&line);
                    log.push('\n');
                }
            }
        });
        let mut server = Self { child, log, reader: Some(reader), address: String::new() };
        server.address = address.recv().unwrap_or_else(|_| panic!("it ended instead of listening: {}", server.log()));
        server
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Somebody without a token, with connections of their own: those of another [`wait`] have ended with it.
    pub fn anyone(&self) -> Client {
        Client::new(&format!("http://{}", self.address))
    }

    /// What a login answers.
    pub fn login(&self, email: &str, password: &str) -> Answer {
        wait(async { self.anyone().post("/v1/auth/login").json(json!({ "email": email, "password": password })).await })
    }

    /// Somebody who has logged in.
    pub fn user(&self, email: &str, password: &str) -> Client {
        self.anyone().with_token(self.login(email, password).is_ok().text_at("/access_token"))
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Ends it as a crash does, without a word to it: what it logged.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        self.log()
    }

    /// The status and all else that it answers to a GET.
    pub fn get(&self, path: &str) -> String {
        let mut socket = self.begin("GET", path);
        socket.write_all(b"\r\n").unwrap();
        rest(socket)
    }

    /// A request whose head is not ended yet.
    pub fn begin(&self, method: &str, path: &str) -> TcpStream {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        write!(socket, "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address).unwrap();
        socket
    }

    /// Sends the signal that asks it to stop.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal of this name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end: the exit code and what it printed and logged.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut all = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut all).unwrap();
        self.reader.take().unwrap().join().unwrap();
        all.push_str(&self.log());
        (self.child.wait().unwrap().code(), all)
    }
}

/// The address in the line that says so, of either form of the log.
fn listens_at(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("listening; /docs shows the API")?;
    let start = rest.find(|c: char| c.is_ascii_digit())?;
    Some(rest[start..].chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect())
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What comes until the other side closes.
pub fn rest(mut socket: TcpStream) -> String {
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}
