//! Why nothing comes, or no more.

use std::path::PathBuf;

/// Why a pull does not begin or does not go on.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// An address that is none, or one with a name and password or a query in it.
    #[error("this is not the address of a server, such as https://example.org")]
    Address,
    /// An address that would be reached without TLS.
    #[error("another machine is reached over https only")]
    Plain,
    /// The file with the token.
    #[error("{}: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why it cannot be read or written.
        why: std::io::Error,
    },
    /// A file with a token that others may read.
    #[error("{}: others can read this file; run chmod 600 on it", .path.display())]
    Open {
        /// Which.
        path: PathBuf,
    },
    /// A file with a token that holds none.
    #[error("{}: expected a token, or user:password, on one line", .path.display())]
    Secret {
        /// Which.
        path: PathBuf,
    },
    /// A mapping without columns.
    #[error("the mapping has no columns")]
    NoColumns,
    /// A name that is none for a column.
    #[error("a column name in the mapping is empty, too long, or has characters that cannot be seen")]
    Column,
    /// Two fields in one column.
    #[error("two fields are mapped to the column {column}")]
    Twice {
        /// The column.
        column: String,
    },
    /// Nobody answers.
    #[error("the server does not answer, after {tries} tries")]
    Silent {
        /// How often it was asked.
        tries: u32,
    },
    /// The certificate of the server does not count.
    #[error("no trusted authority vouches for the certificate of the server")]
    Certificate,
    /// No authorities are known on this machine.
    #[error("this machine has no list of trusted authorities")]
    Roots,
    /// The token is not accepted, or does not allow this.
    #[error("the server refuses the token, or the token may not read this")]
    Refused,
    /// The form, asset or program is not there.
    #[error("the server has nothing at this address")]
    NotThere,
    /// The server is elsewhere.
    #[error("the server refers to another address; the token is not sent there")]
    Moved,
    /// Another answer than a page.
    #[error("the server answers with status {0}")]
    Status(u16),
    /// A page that is too large.
    #[error("a page is larger than {most} MiB; ask for fewer records a page")]
    Large {
        /// The most that is read.
        most: usize,
    },
    /// An answer that is not as documented.
    #[error("the answer of the server is not as its documentation says")]
    Answer,
    /// A page that leads back to one that was read.
    #[error("the server refers to a page that was read already")]
    Loop,
    /// A file that is there and was not made by a pull.
    #[error("{}: this file is there already, and no pull made it", .path.display())]
    Taken {
        /// Which.
        path: PathBuf,
    },
    /// A file of another pull.
    #[error("{}: this file belongs to a pull with another address, form or mapping", .path.display())]
    Other {
        /// Which.
        path: PathBuf,
    },
    /// A file that is not as the last page left it.
    #[error("{}: this file was changed since the last pull", .path.display())]
    Changed {
        /// Which.
        path: PathBuf,
    },
    /// Another pull is writing.
    #[error("{}: another pull is writing this file", .path.display())]
    Busy {
        /// Which.
        path: PathBuf,
    },
}
