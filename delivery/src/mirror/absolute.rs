//! Addresses in bodies of the other side: what is relative to its pages is made whole, so that it leads there from here.

use url::Url;

/// Attributes that hold an address.
const ADDRESSES: [&str; 3] = ["href=\"", "src=\"", "poster=\""];

/// A body whose relative addresses are whole; those within the page stay. The body is as Jiyue writes it: attributes stand in
/// double quotes, and no `<` in texts.
pub(super) fn absolute(html: &str, page: &Url) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(begin) = rest.find('<') {
        let (text, tag) = rest.split_at(begin);
        out.push_str(text);
        let end = end_of_tag(tag);
        element(&tag[..end], page, &mut out);
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

/// Where a tag ends: at the first `>` that is in no quotes.
fn end_of_tag(tag: &str) -> usize {
    let mut quoted = false;
    for (at, c) in tag.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

fn element(tag: &str, page: &Url, out: &mut String) {
    let mut rest = tag;
    loop {
        let next = ADDRESSES.iter().filter_map(|name| {
            let at = rest.find(&format!(" {name}"))?;
            Some(at + 1 + name.len())
        });
        let Some(begin) = next.min() else { break };
        out.push_str(&rest[..begin]);
        let end = rest[begin..].find('"').map_or(rest.len(), |end| begin + end);
        out.push_str(&whole(&rest[begin..end], page));
        rest = &rest[end..];
    }
    out.push_str(rest);
}

/// An address as it stands in an attribute, made whole.
fn whole(address: &str, page: &Url) -> String {
    if address.starts_with('#') || Url::parse(address).is_ok() {
        return address.to_owned();
    }
    match page.join(&address.replace("&amp;", "&")) {
        Ok(url) => url.as_str().replace('&', "&amp;").replace('"', "&quot;"),
        Err(_) => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_addresses_become_whole_and_others_stay() {
        let page = Url::parse("https://a.example/news/1").expect("an address");
        let of = |html: &str| absolute(html, &page);
        assert_eq!(of("<a href=\"/x?a=1&amp;b=2\">x</a>"), "<a href=\"https://a.example/x?a=1&amp;b=2\">x</a>");
        assert_eq!(
            of("<p><img src=\"pic.png\" alt=\"a > b\"></p>"),
            "<p><img src=\"https://a.example/news/pic.png\" alt=\"a > b\"></p>"
        );
        assert_eq!(of("<a href=\"//b.example/\">"), "<a href=\"https://b.example/\">");
        for same in [
            "<a href=\"#section-1\">一</a>",
            "<a href=\"mailto:a@b.example\">",
            "文字 href=\"/x\"",
            "<a href=\"https://c.example/\">",
            "<",
            "",
        ] {
            assert_eq!(of(same), same);
        }
    }
}
