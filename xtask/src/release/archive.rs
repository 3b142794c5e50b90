//! Archives whose bytes depend on nothing but what is put in: tar, gzip, and the `ar` that a Debian package is.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, ensure};
use flate2::{Compression, GzBuilder};

/// The day of everything in an archive, in seconds since 1970: the first that every format can hold.
pub(super) const DAY: u64 = 315_532_800;

/// A tar archive is of blocks of so many bytes.
const BLOCK: usize = 512;

/// A file to put in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct File {
    /// Where it goes.
    pub(super) path: String,
    /// Who may read, write and run it.
    pub(super) mode: u32,
    /// What is in it.
    pub(super) bytes: Vec<u8>,
}

impl File {
    /// A file that everybody may read.
    pub(super) fn plain(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), mode: 0o644, bytes: bytes.into() }
    }

    /// A program.
    pub(super) fn program(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { mode: 0o755, ..Self::plain(path, bytes) }
    }
}

/// The bytes of a file that must be there.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A tar archive of files that belong to root, with the folders they are in before them.
pub(super) fn tar(files: &[File]) -> anyhow::Result<Vec<u8>> {
    let folders: BTreeSet<&str> =
        files.iter().flat_map(|f| f.path.match_indices('/').map(move |(at, _)| &f.path[..=at])).collect();
    let mut out = Vec::new();
    for folder in folders {
        header(&mut out, folder, 0o755, 0, b'5')?;
    }
    for file in files {
        header(&mut out, &file.path, file.mode, file.bytes.len(), b'0')?;
        out.extend_from_slice(&file.bytes);
        out.resize(out.len().next_multiple_of(BLOCK), 0);
    }
    // Two empty blocks end it.
    out.resize(out.len() + 2 * BLOCK, 0);
    Ok(out)
}

/// The block before an entry, as POSIX has it (ustar).
fn header(out: &mut Vec<u8>, path: &str, mode: u32, size: usize, kind: u8) -> anyhow::Result<()> {
    ensure!(path.len() <= 100, "{path}: a tar archive holds paths of at most 100 letters");
    let mut block = [0_u8; BLOCK];
    let mut put = |at: usize, text: &[u8]| block[at..at + text.len()].copy_from_slice(text);
    put(0, path.as_bytes());
    put(100, format!("{mode:07o}").as_bytes());
    put(108, b"0000000");
    put(116, b"0000000");
    put(124, format!("{size:011o}").as_bytes());
    put(136, format!("{DAY:011o}").as_bytes());
    // The sum of the block is taken with blanks in its place.
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\0");
    put(263, b"00");
    put(265, b"root");
    put(297, b"root");
    let sum: u32 = block.iter().map(|b| u32::from(*b)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.extend_from_slice(&block);
    Ok(())
}

/// Compressed, without the name of a file or the time.
pub(super) fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut out = GzBuilder::new().write(Vec::new(), Compression::best());
    out.write_all(bytes).context("cannot compress")?;
    out.finish().context("cannot compress")
}

/// An `ar` archive of members with short names.
pub(super) fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        let (owner, mode, size) = (0, "100644", bytes.len());
        let head = format!("{name:<16}{DAY:<12}{owner:<6}{owner:<6}{mode:<8}{size:<10}`\n");
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(bytes);
        if size % 2 == 1 {
            out.push(b'\n');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tar_archive_has_its_folders_first_and_sums_that_hold() {
        let files = [File::program("./usr/bin/ijsberg", *b"program"), File::plain("./usr/doc", *b"")];
        let archive = tar(&files).unwrap();
        assert_eq!(archive.len() % BLOCK, 0);
        let name = |block: &[u8]| {
            String::from_utf8(block[..100].iter().copied().take_while(|b| *b != 0).collect()).unwrap()
        };
        let names: Vec<String> = [0, 1, 2, 3, 5].iter().map(|i| name(&archive[i * BLOCK..])).collect();
        assert_eq!(names, ["./", "./usr/", "./usr/bin/", "./usr/bin/ijsberg", "./usr/doc"]);
        let head = &archive[3 * BLOCK..4 * BLOCK];
        assert_eq!(&head[100..108], b"0000755\0");
        assert_eq!(&head[124..136], b"00000000007\0");
        let said = std::str::from_utf8(&head[148..154]).unwrap();
        let mut blank = head.to_vec();
        blank[148..156].fill(b' ');
        let sum: u32 = blank.iter().map(|b| u32::from(*b)).sum();
        assert_eq!(u32::from_str_radix(said, 8).unwrap(), sum);
        assert!(tar(&[File::plain("x".repeat(101), *b"")]).is_err());
    }

    #[test]
    fn an_ar_archive_has_heads_of_sixty_bytes_on_even_places() {
        let archive = ar(&[("debian-binary", b"2.0\n"), ("odd", b"abc"), ("last", b"d")]);
        let head = b"!<arch>\ndebian-binary   315532800   0     0     100644  4         `\n2.0\n";
        assert!(archive.starts_with(head));
        assert_eq!(archive.len(), 8 + 60 + 4 + 60 + 4 + 60 + 2);
        assert_eq!(&archive[72..75], b"odd");
    }

    #[test]
    fn what_is_compressed_twice_has_the_same_bytes_and_no_time() {
        let (first, second) = (gzip(b"the same").unwrap(), gzip(b"the same").unwrap());
        assert_eq!(first, second);
        assert_eq!(&first[4..8], [0; 4]);
        let mut back = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&first[..]), &mut back).unwrap();
        assert_eq!(back, b"the same");
    }
}
