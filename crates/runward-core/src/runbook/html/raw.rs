//! HTML that a document holds itself: dropped, but for a line break, and for a placeholder that only looks like a tag.

/// What becomes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// It ends a line; a whole block of it says nothing.
    Break,
    /// It is no HTML: its text is shown.
    Text,
    /// It is not shown.
    Dropped,
}

/// A tag, comment or declaration within text.
pub(super) fn inline(html: &str) -> Raw {
    match tag_name(html) {
        Some(name) if name.eq_ignore_ascii_case("br") => Raw::Break,
        Some(name) if !is_element(name) => Raw::Text,
        _ => Raw::Dropped,
    }
}

/// A block of its own; one that holds nothing but comments says nothing.
pub(super) fn block(html: &str) -> Raw {
    let mut rest = html.trim();
    while let Some(comment) = rest.strip_prefix("<!--") {
        match comment.split_once("-->") {
            Some((_, after)) => rest = after.trim_start(),
            None => return Raw::Break,
        }
    }
    if rest.is_empty() {
        return Raw::Break;
    }
    let first = rest.find('>').map_or(rest, |end| &rest[..=end]);
    match inline(first) {
        Raw::Text => Raw::Text,
        _ => Raw::Dropped,
    }
}

/// The first word in `<name>`, `</name>`, `<name/>` or `<name of it>`; what gives an attribute a value is no placeholder.
fn tag_name(html: &str) -> Option<&str> {
    let inside = html.strip_prefix('<')?.strip_suffix('>')?;
    let inside = inside.strip_prefix('/').or_else(|| inside.strip_suffix('/')).unwrap_or(inside).trim_end();
    let are_words = inside.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b' '));
    inside.split(' ').next().filter(|name| are_words && !name.is_empty())
}

/// Whether browsers know an element of this name. Of those that are words for things as well (`<path>`, `<time>`),
/// people in runbooks mean the things.
fn is_element(name: &str) -> bool {
    ELEMENTS.binary_search(&name.to_ascii_lowercase().as_str()).is_ok()
}

const ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "animate", "applet", "area", "article", "aside", "audio", "b", "base", "basefont", "bdi",
    "bdo", "bgsound", "big", "blink", "blockquote", "body", "br", "button", "canvas", "caption", "center", "circle",
    "cite", "code", "col", "colgroup", "dd", "defs", "del", "desc", "details", "dfn", "dialog", "dir", "div", "dl",
    "dt", "ellipse", "em", "embed", "fieldset", "figcaption", "figure", "font", "footer", "foreignobject", "form",
    "frame", "frameset", "g", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup", "hr", "html", "i",
    "iframe", "img", "input", "ins", "isindex", "kbd", "keygen", "legend", "li", "line", "link", "listing", "main",
    "map", "mark", "marquee", "math", "menu", "meta", "meter", "mi", "mn", "mo", "ms", "mtext", "nav", "nobr",
    "noembed", "noframes", "noscript", "ol", "optgroup", "option", "p", "param", "picture", "plaintext", "polygon",
    "polyline", "pre", "progress", "q", "rb", "rect", "rp", "rt", "rtc", "ruby", "s", "samp", "script", "section",
    "select", "slot", "small", "span", "strike", "strong", "style", "sub", "summary", "sup", "svg", "table", "tbody",
    "td", "template", "textarea", "tfoot", "th", "thead", "title", "tr", "track", "tspan", "tt", "u", "ul", "use",
    "var", "video", "wbr", "xmp",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_in_order_and_known_in_any_case() {
        assert!(ELEMENTS.is_sorted());
        assert!(is_element("ScRiPt"));
    }

    #[test]
    fn a_placeholder_is_no_html() {
        for text in ["<service>", "</service>", "<vps-ip>", "<path>", "<commit hash>"] {
            assert_eq!(inline(text), Raw::Text, "{text}");
        }
        for text in [
            "<script>", "</b>", "<img src=x onerror=y>", "<service onclick=x>", "<script async>", "<!-- x -->",
            "<?php ?>",
        ] {
            assert_eq!(inline(text), Raw::Dropped, "{text}");
        }
        assert_eq!(inline("<br/>"), Raw::Break);
    }

    #[test]
    fn a_block_of_comments_says_nothing() {
        assert_eq!(block("<!-- one -->\n<!-- two -->\n"), Raw::Break);
        assert_eq!(block("<!-- open"), Raw::Break);
        assert_eq!(block("<div class=warning>Never!</div>\n"), Raw::Dropped);
        assert_eq!(block("<service>\n"), Raw::Text);
    }
}
