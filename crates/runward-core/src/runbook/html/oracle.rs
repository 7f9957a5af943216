//! Tells whether HTML holds only what a runbook's page may show. It knows nothing of how the HTML was made, and takes
//! nothing that it does not know.

use std::collections::HashSet;

/// Tags with the attributes each may have.
const TAGS: &[(&str, &[&str])] = &[
    ("h1", &["id"]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
    ("p", &["class"]),
    ("ul", &[]),
    ("ol", &["start"]),
    ("li", &[]),
    ("blockquote", &[]),
    ("pre", &[]),
    ("code", &[]),
    ("table", &[]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["scope", "class"]),
    ("td", &["class"]),
    ("strong", &[]),
    ("em", &[]),
    ("del", &[]),
    ("span", &["class"]),
    ("a", &["href", "rel"]),
];
const VOID: &[&str] = &["br", "hr"];
const CLASSES: &[&str] = &["tag", "task", "path", "right", "center"];
/// What browsers still lay out as it is nested; deeper they flatten it.
const DEEPEST: usize = 100;

/// What is wrong with it; `Ok` where nothing is.
pub fn judge(html: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut names = HashSet::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        judge_text(&rest[..at])?;
        let end = rest[at..].find('>').ok_or("a tag without an end")? + at;
        judge_tag(&rest[at + 1..end], &mut open, &mut names)?;
        rest = &rest[end + 1..];
    }
    judge_text(rest)?;
    if open.is_empty() { Ok(()) } else { Err(format!("still open: {open:?}")) }
}

fn judge_text(text: &str) -> Result<(), String> {
    if text.contains('>') {
        return Err(format!("a bare > in {text:?}"));
    }
    if let Some(c) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(format!("the control character {c:?} in {text:?}"));
    }
    decoded(text).map(drop)
}

/// Text with its five entities replaced; no other may stand there.
fn decoded(text: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (entity, after) = after.split_once(';').ok_or_else(|| format!("a bare & in {text:?}"))?;
        out.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "#39" => '\'',
            other => return Err(format!("the entity {other:?} in {text:?}")),
        });
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn judge_tag<'h>(tag: &'h str, open: &mut Vec<&'h str>, names: &mut HashSet<String>) -> Result<(), String> {
    if let Some(name) = tag.strip_prefix('/') {
        let last = open.pop();
        return if last == Some(name) { Ok(()) } else { Err(format!("</{name}> ends {last:?}")) };
    }
    let (name, mut rest) = tag.find(' ').map_or((tag, ""), |at| tag.split_at(at));
    if VOID.contains(&name) {
        return if rest.is_empty() { Ok(()) } else { Err(format!("attributes on <{tag}>")) };
    }
    let (_, allowed) = TAGS.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("the tag <{tag}>"))?;
    if name == "a" && open.contains(&"a") {
        return Err("a link in a link".into());
    }
    open.push(name);
    if open.len() > DEEPEST {
        return Err(format!("{} tags in one another", open.len()));
    }
    while !rest.is_empty() {
        let (attribute, after) = rest.split_once("=\"").ok_or_else(|| format!("attributes of <{tag}>"))?;
        let (value, after) = after.split_once('"').ok_or_else(|| format!("an attribute without an end in <{tag}>"))?;
        let attribute = attribute.strip_prefix(' ').ok_or_else(|| format!("attributes of <{tag}>"))?;
        if !allowed.contains(&attribute) {
            return Err(format!("the attribute {attribute:?} on <{name}>"));
        }
        judge_value(attribute, value, names)?;
        rest = after;
    }
    Ok(())
}

fn judge_value(attribute: &str, value: &str, names: &mut HashSet<String>) -> Result<(), String> {
    if value.contains(['<', '>', '\'']) {
        return Err(format!("{attribute}={value:?} is not escaped"));
    }
    let said = decoded(value)?;
    let is_name = |text: &str| {
        text.strip_prefix("h-")
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')))
    };
    let holds = match attribute {
        "id" => is_name(&said) && names.insert(said.clone()),
        "href" => {
            let scheme = ["http://", "https://", "mailto:"]
                .iter()
                .any(|s| said.len() >= s.len() && said.as_bytes()[..s.len()].eq_ignore_ascii_case(s.as_bytes()));
            (scheme || said.strip_prefix('#').is_some_and(is_name)) && !said.chars().any(char::is_control)
        }
        "rel" => said == "noopener noreferrer",
        "scope" => said == "col",
        "start" => said.parse::<u64>().is_ok(),
        "class" => CLASSES.contains(&said.as_str()),
        _ => false,
    };
    if holds { Ok(()) } else { Err(format!("{attribute}={said:?}")) }
}
