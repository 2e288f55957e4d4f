//! What the sanitiser cannot do by itself: anchors for headings, bounds for frames, no empty pictures.
//!
//! Works on the sanitiser's own output, where every `<` begins a tag, every value stands in double quotes and holds
//! neither quotes nor angle brackets. Cleaning again takes away what is added here, and adds the same again.

/// What a framed page may do; it keeps its own origin, so that it works, and cannot move the page around it.
const FRAME: &str = " sandbox=\"allow-scripts allow-same-origin allow-popups allow-presentation\" \
                     referrerpolicy=\"strict-origin-when-cross-origin\" loading=\"lazy\"";

/// Sanitised HTML as it is kept.
pub(super) fn finish(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    let mut headings = 0;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let tag = &rest[start..];
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        let name = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        rest = after;
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                headings += 1;
                out.push_str(&format!("<{name} id=\"section-{headings}\"{}", &tag[1 + name.len()..]));
            }
            "img" | "source" | "track" if !tag.contains(" src=\"") => {}
            "iframe" => {
                // What stands between is shown by no browser of today, and is no text of the page.
                rest = after.find("</iframe>").map_or("", |at| &after[at + "</iframe>".len()..]);
                if tag.contains(" src=\"") {
                    out.push_str(&format!("<iframe{FRAME}{}</iframe>", &tag["<iframe".len()..]));
                }
            }
            _ => out.push_str(tag),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_get_anchors_whatever_they_carry() {
        assert_eq!(
            finish("<h2>a</h2><h3 title=\"x\">b</h3><hr><header>c</header>"),
            "<h2 id=\"section-1\">a</h2><h3 id=\"section-2\" title=\"x\">b</h3><hr><header>c</header>"
        );
    }

    #[test]
    fn frames_are_bounded_and_empty_things_go() {
        let framed = finish("甲<iframe src=\"https://a.example/\"><h2></iframe>乙<iframe></iframe><img alt=\"丙\">丁");
        assert_eq!(framed, format!("甲<iframe{FRAME} src=\"https://a.example/\"></iframe>乙丁"));
    }
}
