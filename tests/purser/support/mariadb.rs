//! A MariaDB server of a test's own, which MySQL's clients take for one of theirs.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::in_memory;

pub struct MariaDb {
    home: tempfile::TempDir,
    port: u16,
    server: Child,
}

impl MariaDb {
    pub fn new() -> Self {
        let home = in_memory();
        let data = home.path().join("data");
        let user = Command::new("id").arg("-un").output().expect("there is id").stdout;
        let user = format!("--user={}", String::from_utf8(user).expect("it is text").trim());
        let made = Command::new("mariadb-install-db")
            .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", &user])
            .arg(format!("--datadir={}", data.display()))
            .stdout(Stdio::null())
            .status();
        assert!(made.expect("tests/tools has installed MariaDB").success());
        let free = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let server = Command::new("mariadbd")
            .args(["--no-defaults", "--bind-address=127.0.0.1", "--skip-name-resolve", "--innodb-buffer-pool-size=16M", &user])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--port={port}"))
            .arg(format!("--socket={}", home.path().join("socket").display()))
            .stderr(std::fs::File::create(home.path().join("log")).expect("the test can write its files"))
            .spawn()
            .expect("tests/tools has installed MariaDB");
        let server = Self { home, port, server };
        let began = Instant::now();
        while server.try_sql("SELECT 1").is_err() {
            assert!(began.elapsed() < Duration::from_secs(120), "MariaDB does not start: {}", server.home.path().display());
            std::thread::sleep(Duration::from_millis(100));
        }
        server.sql("CREATE DATABASE shop; CREATE USER reader IDENTIFIED BY 'secretKey'; GRANT ALL ON shop.* TO reader");
        server
    }

    pub fn url(&self) -> String {
        format!("mysql://reader:secretKey@127.0.0.1:{}/shop", self.port)
    }

    pub fn sql(&self, sql: &str) -> String {
        self.try_sql(sql).unwrap_or_else(|why| panic!("{sql}: {why}"))
    }

    fn try_sql(&self, sql: &str) -> Result<String, String> {
        let mut client = Command::new("mariadb");
        client.args(["--no-defaults", "-N", "-u", "root", "--socket"]).arg(self.home.path().join("socket")).args(["-e", sql]);
        let done = client.output().expect("the client starts");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
    }
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
