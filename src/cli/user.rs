use anyhow::Result;

use super::args::Places;
use super::args_users::{Admin, Password, User as Command};
use super::context::workplace;
use super::format::Format;
use super::secrets::Passwords;
use super::show::{Sheet, print};
use crate::app::{self, Environment, NewUser, PasswordBy, User, UserChange};
use crate::calendar::format_time;

pub(super) async fn user(places: &Places, command: &Command) -> Result<()> {
    let at = workplace(places).await?;
    match command {
        Command::Add { name, role, group, by, password } => {
            let password = Passwords::of(password).ask_new(&format!("first password of {name}")).await?;
            let new = NewUser { name, role: (*role).into(), groups: group, password: &password };
            let added = app::add_user(&at, by.as_deref(), &new).await?;
            print(&format!("{} was added as {}", added.name, added.role.words()))
        }
        Command::List { format } => list(&app::list_users(&at).await?).print(*format),
        Command::Changes { format } => changes(&at, *format).await,
        Command::Disable { name, admin } => change(&at, admin, name, UserChange::Disable, "disabled").await,
        Command::Enable { name, admin } => change(&at, admin, name, UserChange::Enable, "enabled").await,
        Command::Role { name, role, admin } => {
            let role = (*role).into();
            change(&at, admin, name, UserChange::Role(role), &format!("now {}", role.words())).await
        }
        Command::Groups { name, groups, admin } => {
            let words = if groups.is_empty() { "in no group".to_owned() } else { format!("in {}", groups.join(", ")) };
            change(&at, admin, name, UserChange::Groups(groups.clone()), &words).await
        }
        Command::Password { name, by, password, new_password_file } => {
            let mut passwords = Passwords::of(password);
            let old = if by.is_none() { passwords.ask("password of now").await? } else { String::new() };
            let new = passwords.or(new_password_file.as_deref()).ask_new("new password").await?;
            let who = by.as_deref().map_or(PasswordBy::Own(&old, ""), PasswordBy::Admin);
            let user = app::set_password(&at, name, who, &new).await?;
            print(&format!("{} has a new password", user.name))
        }
        Command::Token { name, password } => token(&at, places, name, password).await,
        Command::SecondFactor { name, confirm: Some(code), .. } => {
            let user = app::confirm_second_factor(&at, name, code).await?;
            print(&format!("{} has a second factor now", user.name))
        }
        Command::SecondFactor { name, remove: true, by: Some(by), .. } => {
            let admin = Admin { by: by.clone() };
            change(&at, &admin, name, UserChange::RemoveSecondFactor, "without a second factor").await
        }
        Command::SecondFactor { name, password, .. } => {
            let password = Passwords::of(password).ask(&format!("password of {name}")).await?;
            let new = app::start_second_factor(&at, name, &password, places.code.as_deref(), "").await?;
            print(&format!(
                "Give this secret to your authenticator app, and to nobody else: {}\nThe same as an address: {}\nIt takes effect once you confirm \
                 the code that the app shows: purser user second-factor {name} --confirm CODE",
                new.secret, new.uri
            ))
        }
    }
}

async fn change(at: &Environment, admin: &Admin, name: &str, change: UserChange, words: &str) -> Result<()> {
    let user = app::change_user(at, &admin.by, name, &change).await?;
    print(&format!("{} is {words}", user.name))
}

async fn token(at: &Environment, places: &Places, name: &str, password: &Password) -> Result<()> {
    let password = Passwords::of(password).ask(&format!("password of {name}")).await?;
    let (token, user) = app::make_token(at, name, &password, places.code.as_deref()).await?;
    eprintln!(
        "The token of {}, until {}. It is shown this once: keep it in a file that only you can read, and name that with --token-file.",
        user.name,
        user.token_until.map(format_time).unwrap_or_default()
    );
    print(token.reveal())
}

fn list(users: &[User]) -> Sheet {
    let row = |user: &User| {
        vec![
            user.name.clone(),
            user.role.code().to_owned(),
            user.groups.join(" "),
            if user.has_second_factor { "yes" } else { "no" }.to_owned(),
            user.token_until.map(format_time).unwrap_or_default(),
            user.disabled_at.map(format_time).unwrap_or_default(),
        ]
    };
    Sheet {
        header: vec!["name", "role", "groups", "second_factor", "token_until", "disabled_at"],
        figures: Vec::new(),
        rows: users.iter().map(row).collect(),
    }
}

async fn changes(at: &Environment, format: Format) -> Result<()> {
    let rows = app::list_user_changes(at).await?.into_iter();
    let rows =
        rows.map(|row| vec![row.number.to_string(), format_time(row.changed_at), row.name, row.change, row.changed_by, row.hash]);
    Sheet { header: vec!["number", "changed_at", "name", "change", "changed_by", "hash"], figures: vec![0], rows: rows.collect() }
        .print(format)
}
