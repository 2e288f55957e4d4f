//! What editors give in many spellings is kept in one: addresses, hosts, HTML.

use library::content::{LinkTarget, LinkTo};
use library::link::LinkType;
use library::site::SiteLocator;
use serde_json::json;
use tests::on_both;

use crate::town::{Town, site_fields};

#[test]
fn a_site_is_found_by_every_spelling_of_its_host() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let fields = site_fields("WWW.中文.CN", town.publisher);
        let edited = town.library().edit_site(&town.editor(), town.site, None, |site| *site = fields).await;
        edited.expect("edited");
        for host in ["www.中文.cn", "www.xn--fiq228c.cn", "WWW.XN--FIQ228C.CN.", "www.中文.cn:8443"] {
            let found = town.read().site_by(&SiteLocator::Host(host.to_owned()));
            let found = found.unwrap_or_else(|| panic!("{host}"));
            assert_eq!((found.id, &*found.url()), (town.site, "https://www.xn--fiq228c.cn"), "{host}");
        }
        assert!(town.read().site_by(&SiteLocator::Host("www.中文.cn/x".to_owned())).is_none());
    });
}

#[test]
fn addresses_and_bodies_are_published_as_they_were_cleaned() {
    on_both(async |engine| {
        let town = Town::on(engine).await;
        let mut fields = town.article("甲");
        fields.source_url = Some(" HTTPS://中文.CN:443/政策?q=1 ".to_owned());
        fields.body_html =
            "<h2 id=x onclick=a()>一</h2><script>b()</script><p style=c>乙<a href='javascript:d()'>丙</a>\
                            <iframe src='https://map.example.org/'></iframe><img src='https://me:pw@a.example/x'></p>"
                .to_owned();
        let to = LinkTarget::Page { title: "页面".to_owned(), url: "https://中文.cn".to_owned() };
        fields.links = vec![LinkTo { kind: LinkType::SeeAlso, to: to.clone(), note: None }];
        let id = town.publish(fields).await;
        let query = "query One($id: ID!) { content(by: {id: $id}) { sourceUrl body { html text } } }";
        let data = town.data(query, json!({ "id": id.to_string() })).await;
        assert_eq!(data["content"]["sourceUrl"], "https://xn--fiq228c.cn/%E6%94%BF%E7%AD%96?q=1");
        assert_eq!(
            data["content"]["body"]["html"],
            "<h2 id=\"section-1\">一</h2><p>乙<a rel=\"noopener noreferrer\">丙</a></p>"
        );
        assert_eq!(data["content"]["body"]["text"], "一\n乙丙");
        let again = LinkTo { kind: LinkType::SeeAlso, to, note: None };
        let again = town.library().link_content(&town.editor(), id, again).await;
        assert!(again.is_err_and(|error| error.to_string().contains("exists already")), "the same in another spelling");
    });
}
