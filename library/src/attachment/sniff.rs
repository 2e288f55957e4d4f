//! What a file is by its bytes, and whether its name claims something else.
//!
//! This file knows bytes and endings; who is held to what is a rule of the upload.

use crate::refusal::{Refusal, RefusalCode};

/// How many of the first bytes decide what a file is.
pub(super) const HEAD: usize = 4096;

/// The media type of a file by its bytes, and by its ending where they do not tell.
pub fn media_type_of(name: &str, bytes: &[u8]) -> &'static str {
    media_type(name, bytes, std::str::from_utf8(bytes).is_ok())
}

/// The ending of a name in small letters, without the dot.
fn ending(name: &str) -> String {
    name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
}

/// The same by the first bytes, where it is known whether all of them are UTF-8 text.
pub(super) fn media_type(name: &str, head: &[u8], is_text: bool) -> &'static str {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let ending = ending(name);
    match () {
        () if starts(b"\x89PNG\r\n\x1a\n") => "image/png",
        () if starts(b"\xff\xd8\xff") => "image/jpeg",
        () if starts(b"GIF8") => "image/gif",
        () if starts(b"RIFF") && head.get(8..12) == Some(b"WEBP") => "image/webp",
        () if starts(b"%PDF-") => "application/pdf",
        () if head.get(4..8) == Some(b"ftyp") => match head.get(8..12) {
            Some(b"avif" | b"avis") => "image/avif",
            Some(b"heic" | b"heix" | b"hevc" | b"mif1" | b"msf1") => "image/heif",
            Some(b"M4A " | b"M4B ") => "audio/mp4",
            Some(b"qt  ") => "video/quicktime",
            _ => "video/mp4",
        },
        () if starts(b"ID3") || is_mpeg_audio(head) => "audio/mpeg",
        () if starts(b"RIFF") && head.get(8..12) == Some(b"WAVE") => "audio/wav",
        () if starts(b"OggS") => "audio/ogg",
        () if starts(b"fLaC") => "audio/flac",
        () if starts(b"\x1a\x45\xdf\xa3") && head[..head.len().min(64)].windows(4).any(|w| w == b"webm") => {
            "video/webm"
        }
        () if starts(b"PK\x03\x04") => match ending.as_str() {
            "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "ofd" => "application/ofd",
            _ => "application/zip",
        },
        () if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => match ending.as_str() {
            "doc" => "application/msword",
            "xls" => "application/vnd.ms-excel",
            "ppt" => "application/vnd.ms-powerpoint",
            _ => "application/x-ole-storage",
        },
        () if starts(b"Rar!\x1a\x07") => "application/vnd.rar",
        () if starts(b"7z\xbc\xaf\x27\x1c") => "application/x-7z-compressed",
        () if is_text => match ending.as_str() {
            "vtt" => "text/vtt",
            "csv" => "text/csv",
            _ => "text/plain",
        },
        () => "application/octet-stream",
    }
}

/// A frame of MPEG audio, layer III (ISO/IEC 11172-3, 2.4.2.3).
fn is_mpeg_audio(head: &[u8]) -> bool {
    matches!(head, [0xff, second, ..] if second & 0xe6 == 0xe2)
}

/// What bytes must be where a name has this ending; nothing for endings that promise nothing that is recognised.
fn promised(ending: &str) -> Option<&'static [&'static str]> {
    Some(match ending {
        "png" => &["image/png"],
        "jpg" | "jpeg" => &["image/jpeg"],
        "gif" => &["image/gif"],
        "webp" => &["image/webp"],
        "avif" => &["image/avif"],
        "heic" | "heif" => &["image/heif"],
        "pdf" => &["application/pdf"],
        "mp4" | "m4v" | "mov" => &["video/mp4", "video/quicktime"],
        "m4a" => &["audio/mp4", "video/mp4"],
        "mp3" => &["audio/mpeg"],
        "wav" => &["audio/wav"],
        "ogg" | "oga" => &["audio/ogg"],
        "flac" => &["audio/flac"],
        "webm" => &["video/webm"],
        "docx" => &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
        "xlsx" => &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
        "pptx" => &["application/vnd.openxmlformats-officedocument.presentationml.presentation"],
        "ofd" => &["application/ofd"],
        "zip" => &["application/zip"],
        "rar" => &["application/vnd.rar"],
        "7z" => &["application/x-7z-compressed"],
        // Old office programs save some of their newer files under the older ending, and tables as text.
        "doc" => &["application/msword", "application/zip", "text/plain"],
        "xls" => &["application/vnd.ms-excel", "application/zip", "text/plain"],
        "ppt" => &["application/vnd.ms-powerpoint", "application/zip"],
        "wps" | "et" | "dps" => &["application/x-ole-storage", "application/zip"],
        // Text may be in an encoding that is not recognised; it is served as bytes then.
        "txt" | "csv" | "vtt" | "srt" | "md" | "json" | "xml" => {
            &["text/plain", "text/csv", "text/vtt", "application/octet-stream"]
        }
        _ => return None,
    })
}

/// Endings of what runs on somebody's machine or in somebody's browser.
const RUNS: &[&str] = &[
    "exe", "com", "scr", "msi", "dll", "bat", "cmd", "ps1", "vbs", "vbe", "js", "mjs", "jse", "wsf", "hta", "lnk",
    "reg", "jar", "apk", "app", "dmg", "deb", "rpm", "sh", "elf", "html", "htm", "xhtml", "shtml", "mht", "mhtml",
    "svg", "svgz", "php", "jsp", "jspx", "asp", "aspx", "swf",
];

/// How a file begins that runs, and is no text.
const RUNNING: &[&[u8]] = &[
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
    b"FWS",
    b"CWS",
];

/// Marks of pages and of SVG, in small letters, as they stand near the beginning.
const PAGES: &[&str] = &["<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<!doctype svg"];

/// Whether the bytes are a program, or a page or picture that a browser runs.
fn runs(head: &[u8]) -> bool {
    if RUNNING.iter().any(|magic| head.starts_with(magic)) {
        return true;
    }
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let words = String::from_utf8_lossy(head).to_lowercase();
    let words = words.trim_start();
    // Text that speaks of a page is none: a page begins with a mark.
    words.starts_with('<') && PAGES.iter().any(|mark| words.contains(mark))
}

/// Refuses a name of what runs, before any of its bytes have come.
pub(super) fn judge_name(name: &str) -> Result<(), Refusal> {
    if RUNS.contains(&ending(name).as_str()) { Err(running()) } else { Ok(()) }
}

fn running() -> Refusal {
    let (message, english) = ("不接收程序、网页和SVG文件", "programs, web pages and SVG are not taken");
    let refusal = Refusal::new(RefusalCode::Invalid, "file", message, english);
    refusal.hinting("请另存为PDF、图片或压缩包后上传", "save it as PDF, a picture or an archive")
}

/// Refuses what runs, and a name that promises other than the bytes are.
pub(super) fn judge(name: &str, head: &[u8], media_type: &str) -> Result<(), Refusal> {
    judge_name(name)?;
    if runs(head) {
        return Err(running());
    }
    let ending = ending(name);
    match promised(&ending) {
        Some(types) if !types.contains(&media_type) => {
            let (message, english) = (
                format!("文件名后缀为 .{ending}，文件内容却是 {media_type}"),
                format!("the name ends in .{ending}, and the bytes are {media_type}"),
            );
            let refusal = Refusal::new(RefusalCode::Invalid, "file", message, english);
            Err(refusal.hinting("请用正确的格式另存，或改正文件名后缀", "save it in that format, or mend the name"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_and_nothing_that_runs_is_recognised() {
        for (name, bytes, media_type) in [
            ("a.html", b"<!DOCTYPE html><script>x()</script>".as_slice(), "text/plain"),
            ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "text/plain"),
            ("a.png", b"<html>", "text/plain"),
            ("a.txt", b"\xff\xfe\x00", "application/octet-stream"),
            ("a.html", b"\x89PNG\r\n\x1a\n", "image/png"),
            ("a.avif", b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
            ("a.mov", b"\0\0\0\x14ftypqt  ", "video/quicktime"),
            ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"),
            ("a.m4a", b"\0\0\0\x20ftypM4A ", "audio/mp4"),
            ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "video/webm"),
            ("a.mp3", b"\xff\xfa\x90", "audio/mpeg"),
            ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
        ] {
            assert_eq!(media_type_of(name, bytes), media_type, "{name}");
        }
    }

    #[test]
    fn what_runs_or_claims_to_be_something_else_is_refused() {
        let judged = |name: &str, bytes: &[u8]| judge(name, bytes, media_type_of(name, bytes)).is_ok();
        for (name, bytes) in [
            ("a.png", b"<html>".as_slice()),
            ("a.png", b"\xff\xd8\xff"),
            ("a.pdf", b"MZ\x90"),
            ("a.txt", b"\x7fELF"),
            ("a.txt", b"\xef\xbb\xbf \n<!DOCTYPE HTML>"),
            ("a", b"<?xml version='1.0'?><SVG/>"),
            ("a.txt", b"\x89PNG\r\n\x1a\n"),
            ("a.docx", b"text"),
            ("a.EXE", b"text"),
            ("a.svg", b"\x89PNG\r\n\x1a\n"),
            ("a.txt", b"#!/bin/sh"),
        ] {
            assert!(!judged(name, bytes), "{name}");
        }
        for (name, bytes) in [
            ("a.png", b"\x89PNG\r\n\x1a\n".as_slice()),
            ("A.JPG", b"\xff\xd8\xff"),
            ("a.txt", b"1 < 2, and <html> is a mark"),
            ("a.txt", b"\xb9\xab\xb8\xe6"),
            ("a.csv", b"a,b"),
            ("a.xml", b"<?xml version='1.0'?><r/>"),
            ("a.dwg", b"AC1032"),
            ("no ending", b"text"),
        ] {
            assert!(judged(name, bytes), "{name}");
        }
    }
}
