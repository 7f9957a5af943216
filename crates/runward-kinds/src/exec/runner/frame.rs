//! What is said over the runner's socket: JSON behind its length, and no field that is not known.

use std::collections::BTreeMap;
use std::io;

use runward_core::run::{Ended, JobId};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// No question is longer: a hash and the values of some parameters.
pub(super) const LONGEST_ASK: u32 = 64 * 1024;
/// No answer is longer: what a command printed is an excerpt.
pub(super) const LONGEST_ANSWER: u32 = 1024 * 1024;

/// What the server wants. It names no user, no environment, no directory and no program.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ask", deny_unknown_fields)]
pub(super) enum Ask {
    /// Carry this step out, unless it is known already.
    Start {
        /// Whose jobs: the database's own name.
        database: String,
        job: JobId,
        /// Which approved step.
        hash: String,
        /// Where: a runner works on its own machine only.
        host: String,
        /// The values of its parameters, by variable.
        params: BTreeMap<String, String>,
        timeout_ms: u64,
        /// The try whose kept files it puts back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<JobId>,
        /// Until when it may begin, in milliseconds since 1970: one that waited in a queue is asked for anew.
        until_ms: u64,
    },
    /// Say how it ended, or after a while that it still runs.
    Wait { database: String, job: JobId },
    /// Say what became of it; if it has not begun, it never may.
    Recover { database: String, job: JobId },
    /// End it.
    Kill { database: String, job: JobId },
}

/// What the runner answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub(super) enum Answer {
    /// It was begun, now or before.
    Taken,
    /// It is not carried out, and why.
    Refused {
        why: String,
    },
    Running,
    NotStarted,
    Lost,
    Ended {
        ended: Ended,
    },
}

/// Reads one frame; `None` where the other side has nothing more to say.
/// # Errors
/// Where it went away in the middle, or announces more than `longest` bytes.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin), longest: u32) -> io::Result<Option<Vec<u8>>> {
    let length = match from.read_u32().await {
        Ok(length) => length,
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    };
    if length > longest {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a frame of {length} bytes is too long")));
    }
    let mut text = vec![0; length as usize];
    from.read_exact(&mut text).await?;
    Ok(Some(text))
}

/// Writes one frame.
/// # Errors
/// Where the other side has gone, or it would be longer than `longest`.
pub(super) async fn write(to: &mut (impl AsyncWrite + Unpin), what: &impl Serialize, longest: u32) -> io::Result<()> {
    let text = serde_json::to_vec(what)?;
    let length = u32::try_from(text.len()).ok().filter(|length| *length <= longest);
    let length = length.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "what is said is too long"))?;
    // One piece: half a question is never acted upon.
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(text);
    to.write_all(&frame).await?;
    to.flush().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_with_a_field_that_is_not_known_is_no_question() {
        let good = r#"{"ask":"wait","database":"ab","job":"1.0.1"}"#;
        assert!(serde_json::from_str::<Ask>(good).is_ok());
        for more in [r#""uid":0"#, r#""env":{"LD_PRELOAD":"x"}"#, r#""directory":"/tmp""#, r#""script":"id""#] {
            let bad = good.replacen('{', &format!("{{{more},"), 1);
            assert!(serde_json::from_str::<Ask>(&bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Ask>(&good.replace("wait", "shell")).is_err());
        assert!(serde_json::from_str::<Ask>(&good.replace("1.0.1", "../1")).is_err());
    }

    #[tokio::test]
    async fn a_frame_is_no_longer_than_is_allowed() {
        let mut wire = Vec::new();
        write(&mut wire, &"four", 100).await.unwrap();
        assert_eq!(read(&mut wire.as_slice(), 100).await.unwrap().unwrap(), b"\"four\"");
        assert!(read(&mut wire.as_slice(), 5).await.is_err());
        assert!(read(&mut &wire[..7], 100).await.is_err(), "half a frame is none");
        assert!(read(&mut &wire[..0], 100).await.unwrap().is_none());
        assert!(write(&mut wire, &"four", 3).await.is_err());
    }
}
