//! Whether a browser shows a file or saves it, and under which name (RFC 6266).

/// Whether a browser may show files of this type in a page of its own.
fn may_be_shown(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    matches!(essence, "image/png" | "image/jpeg" | "image/webp" | "image/gif" | "image/avif" | "application/pdf")
        || essence.starts_with("audio/")
        || essence.starts_with("video/")
}

/// The value of `Content-Disposition` for a file.
pub fn of(media_type: &str, name: &str, download: bool) -> String {
    let word = if may_be_shown(media_type) && !download { "inline" } else { "attachment" };
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " -_.()".contains(c) { c } else { '_' }).collect();
    // The attr-char of RFC 5987.
    let encoded = name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    });
    format!("{word}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_sound_films_and_pdf_are_shown() {
        assert!(of("image/png", "a.png", false).starts_with("inline"));
        assert!(of("video/mp4", "a.mp4", false).starts_with("inline"));
        assert!(of("image/png", "a.png", true).starts_with("attachment"));
        for media_type in ["image/svg+xml", "image/heif", "text/html", "text/plain", "application/xml", ""] {
            assert!(of(media_type, "a", false).starts_with("attachment"), "{media_type}");
        }
    }

    #[test]
    fn a_name_in_any_script_stays_one_header_value() {
        assert_eq!(
            of("application/pdf", "附件1\"\r\n.pdf", false),
            "inline; filename=\"__1___.pdf\"; filename*=UTF-8''%E9%99%84%E4%BB%B61%22%0D%0A.pdf"
        );
    }
}
