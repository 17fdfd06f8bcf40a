//! A stretch of a file on its way to a client.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use bytes::Bytes;
use futures_util::stream;
use s3s::Body;
use s3s::dto::StreamingBlob;

const PIECE_BYTES: u64 = 256 * 1024;

/// Reads at once what is small, and the rest as the client takes it.
pub(crate) fn send(mut file: File, range: &Range<u64>) -> io::Result<StreamingBlob> {
    if range.start > 0 {
        file.seek(SeekFrom::Start(range.start))?;
    }
    let left = range.end - range.start;
    if left <= PIECE_BYTES {
        let (_, piece) = read_piece(file, left)?;
        return Ok(StreamingBlob::from(Body::from(piece)));
    }
    let pieces = stream::try_unfold((file, left), |(file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let wanted = left.min(PIECE_BYTES);
        let (file, piece) = tokio::task::spawn_blocking(move || read_piece(file, wanted))
            .await
            .map_err(io::Error::other)??;
        Ok::<_, io::Error>(Some((piece, (file, left - wanted))))
    });
    Ok(StreamingBlob::wrap(pieces))
}

fn read_piece(mut file: File, wanted: u64) -> io::Result<(File, Bytes)> {
    let mut piece = vec![0; usize::try_from(wanted).map_err(io::Error::other)?];
    file.read_exact(&mut piece)?;
    Ok((file, piece.into()))
}
