//! What a column of somebody else's database holds, by the name of its type.

use sqlx::TypeInfo;
use sqlx::postgres::{PgTypeInfo, PgTypeKind};

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Text, whole numbers, exact decimals, days: what is read as it is written.
    Text,
    /// Instants, written in UTC without saying so.
    Instant,
    /// Times of which nothing says in which zone.
    LocalTime,
    /// What is not read, and why.
    Other(String),
}

pub(super) fn of_postgres(kind: &PgTypeInfo) -> Holds {
    if matches!(kind.kind(), PgTypeKind::Enum(_)) {
        return Holds::Text;
    }
    match kind.name() {
        "INT2" | "INT4" | "INT8" | "NUMERIC" | "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UUID" | "DATE" | "UNKNOWN" => Holds::Text,
        // An extension's text without case.
        name if name.eq_ignore_ascii_case("citext") => Holds::Text,
        "TIMESTAMPTZ" => Holds::Instant,
        "TIMESTAMP" => Holds::LocalTime,
        name => Holds::Other(why_not(name)),
    }
}

pub(super) fn of_mysql(name: &str) -> Holds {
    match name.trim_end_matches(" UNSIGNED") {
        "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" | "DECIMAL" => Holds::Text,
        "CHAR" | "VARCHAR" | "TINYTEXT" | "TEXT" | "MEDIUMTEXT" | "LONGTEXT" | "ENUM" | "DATE" | "NULL" => Holds::Text,
        "TIMESTAMP" => Holds::Instant,
        "DATETIME" => Holds::LocalTime,
        name => Holds::Other(why_not(name)),
    }
}

/// Why a type is not read.
pub(super) fn why_not(name: &str) -> String {
    match name {
        "FLOAT" | "DOUBLE" | "FLOAT4" | "FLOAT8" | "REAL" => {
            "holds binary floating point, which cannot hold amounts or ids exactly; keep it as a decimal or text".to_owned()
        }
        _ => format!("is of type {name}; write it as text in the query"),
    }
}
