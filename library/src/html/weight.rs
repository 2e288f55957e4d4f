//! How heavy HTML would become when parsed, found out without keeping the tree.
//!
//! The standard's parser repeats unclosed formatting in every block that follows: some kilobytes can become gigabytes,
//! and deep nesting makes every step a walk. The same parser runs here tag by tag and is stopped in time.

use std::borrow::Cow;
use std::cell::Cell;
use std::rc::Rc;

use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{Attribute, LocalName, Namespace, ParseOpts, QualName, local_name, ns, parse_fragment};

/// The most elements of a tree.
const MOST_ELEMENTS: usize = 200_000;
/// The most bytes of attributes in a tree.
const MOST_ATTRIBUTES: usize = 8_000_000;
/// The deepest nesting; browsers, too, end here.
const DEEPEST: usize = 512;

/// Whether `html` becomes a tree of a size that a page may have.
pub(super) fn bearable(html: &str) -> bool {
    let scale = Rc::new(Scale::default());
    let context = QualName::new(None, ns!(html), local_name!("div"));
    let sink = Sink { scale: scale.clone(), see: |_: &QualName, _: &[Attribute]| {} };
    let mut parser = parse_fragment(sink, ParseOpts::default(), context, Vec::new(), false);
    // One tag at a time: what one tag brings about is bounded by what all before it were allowed to.
    html.split_inclusive('>').all(|piece| {
        parser.process(StrTendril::from(piece));
        scale.bears()
    })
}

#[derive(Default)]
pub(super) struct Scale {
    elements: Cell<usize>,
    attributes: Cell<usize>,
    depth: Cell<usize>,
}

impl Scale {
    fn bears(&self) -> bool {
        self.elements.get() <= MOST_ELEMENTS && self.attributes.get() <= MOST_ATTRIBUTES && self.depth.get() <= DEEPEST
    }
}

/// A node of which only the name and the depth are known.
pub(super) struct Node {
    name: QualName,
    depth: Cell<usize>,
    annotation: bool,
}

/// A tree of which only the size is kept; `see` is shown every element that is made.
pub(super) struct Sink<See> {
    pub(super) scale: Rc<Scale>,
    pub(super) see: See,
}

impl<See> Sink<See> {
    fn node(name: QualName, annotation: bool) -> Rc<Node> {
        Rc::new(Node { name, depth: Cell::new(0), annotation })
    }

    fn other() -> Rc<Node> {
        Self::node(QualName::new(None, ns!(), LocalName::from("")), false)
    }

    fn add_attributes(&self, attributes: &[Attribute]) {
        let bytes: usize = attributes.iter().map(|attribute| attribute.name.local.len() + attribute.value.len()).sum();
        self.scale.attributes.set(self.scale.attributes.get() + bytes);
    }

    fn hang(&self, child: NodeOrText<Rc<Node>>, depth: usize) {
        if let NodeOrText::AppendNode(node) = child {
            node.depth.set(depth);
            self.scale.depth.set(self.scale.depth.get().max(depth));
        }
    }
}

#[derive(Debug)]
pub(super) struct Name<'a>(&'a QualName);

impl ElemName for Name<'_> {
    fn ns(&self) -> &Namespace {
        &self.0.ns
    }

    fn local_name(&self) -> &LocalName {
        &self.0.local
    }
}

impl<See: Fn(&QualName, &[Attribute])> TreeSink for Sink<See> {
    type Handle = Rc<Node>;
    type Output = ();
    type ElemName<'a>
        = Name<'a>
    where
        Self: 'a;

    fn finish(self) {}

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Rc<Node> {
        Self::other()
    }

    fn elem_name<'a>(&'a self, target: &'a Rc<Node>) -> Name<'a> {
        Name(&target.name)
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, flags: ElementFlags) -> Rc<Node> {
        (self.see)(&name, &attributes);
        self.scale.elements.set(self.scale.elements.get() + 1);
        self.add_attributes(&attributes);
        Self::node(name, flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _: StrTendril) -> Rc<Node> {
        Self::other()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Rc<Node> {
        Self::other()
    }

    fn append(&self, parent: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.hang(child, parent.depth.get() + 1);
    }

    fn append_based_on_parent_node(&self, element: &Rc<Node>, _: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.hang(child, element.depth.get());
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Rc<Node>) -> Rc<Node> {
        target.clone()
    }

    fn same_node(&self, one: &Rc<Node>, other: &Rc<Node>) -> bool {
        Rc::ptr_eq(one, other)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Rc<Node>, child: NodeOrText<Rc<Node>>) {
        self.hang(child, sibling.depth.get());
    }

    fn add_attrs_if_missing(&self, _: &Rc<Node>, attributes: Vec<Attribute>) {
        self.add_attributes(&attributes);
    }

    fn remove_from_parent(&self, _: &Rc<Node>) {}

    fn reparent_children(&self, _: &Rc<Node>, _: &Rc<Node>) {}

    fn is_mathml_annotation_xml_integration_point(&self, node: &Rc<Node>) -> bool {
        node.annotation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_bearable() {
        let table = format!("<table>{}</table>", "<tr><td>甲<td><b>乙</b></tr>".repeat(20_000));
        let sloppy = "<p><font color=red><b>一<p>二</b></font><ul><li>三<li>四</ul>".repeat(500);
        for html in ["", "<p>好</p>", "a < b && c > d", "<!-- - --><![CDATA[x]]>", &table, &sloppy] {
            assert!(bearable(html), "{} bytes", html.len());
        }
    }

    #[test]
    fn what_explodes_is_stopped_early() {
        let distinct = |tag: &str, n: usize| (0..n).map(|i| format!("<{tag} title={i}>")).collect::<String>();
        let large = format!("<p><b title={}>", "x".repeat(100_000));
        for html in [
            "<div>".repeat(100_000),
            format!("<p>{}{}", distinct("b", 500), "<p>x".repeat(100_000)),
            distinct("b", 100_000),
            (0..20_000).map(|i| format!("<p><b title={i}></p>")).collect(),
            (0..20_000).map(|i| format!("<i title={i}><xmp></i></xmp><p>")).collect(),
            format!("{large}{}", "<p>x".repeat(10_000)),
            "<svg><g>".repeat(50_000),
            "<table><tr><td>".repeat(50_000),
        ] {
            let html = html.chars().take(2_000_000).collect::<String>();
            assert!(!bearable(&html), "{}", html.chars().take(60).collect::<String>());
        }
    }
}
