//! Users: who they are, how they prove it, how they sign in.

mod manage;
mod prove;
mod sign_in;

pub use manage::{NewUser, UserChange, add_user, change_user, list_user_changes, list_users};
pub use prove::{PasswordBy, confirm_second_factor, make_token, set_password, start_second_factor};
pub use sign_in::{SignIn, confirm_sign_in, session_of, sign_in, sign_out};
