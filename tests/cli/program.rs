//! Running the program.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

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

/// A server that runs until this value is dropped.
pub struct Server {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    /// Where it listens.
    pub address: String,
}

impl Server {
    /// Starts it at a free port and waits until it listens.
    pub fn start(mut command: Command) -> Self {
        let mut child = command.env("LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut server = Self { child, log, address: String::new() };
        let mut all = String::new();
        while server.address.is_empty() {
            let start = all.len();
            assert!(server.log.read_line(&mut all).unwrap() > 0, "it ended instead of listening: {all}");
            if let Some((_, rest)) = all[start..].split_once("listening; /docs shows the API address=") {
                rest.trim_end().clone_into(&mut server.address);
            }
        }
        server
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
        let status = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits for its end: the exit code and what it printed and said meanwhile.
    pub fn ended(mut self) -> (Option<i32>, String) {
        let mut all = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut all).unwrap();
        self.log.read_to_string(&mut all).unwrap();
        (self.child.wait().unwrap().code(), all)
    }
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
