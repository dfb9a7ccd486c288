use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(escape(&name(text)), expected);
}

#[test]
fn a_name_formats_nothing_and_mentions_nobody() {
    check("Rolled oats", "Rolled oats");
    check("**x**", r"\*\*x\*\*");
    check("_x_ ~~y~~ ||z|| `c`", r"\_x\_ \~\~y\~\~ \|\|z\|\| \`c\`");
    check("@everyone", "@\u{200B}everyone");
    check("<@123>", "\\<@\u{200B}123\\>");
    check("<t:1:R>", r"\<t:1:R\>");
    check("[a](https://b.c)", r"\[a\](https:\/\/b.c)");
    check("discord.gg/x", r"discord.gg\/x");
    check("\\*", r"\\\*");
}

#[test]
fn a_name_opens_no_heading_quote_or_list() {
    check("# x", r"\# x");
    check("-# x", r"\-# x");
    check("- x", r"\- x");
    check("> x", r"\> x");
    check("12. x", r"12\. x");
    check("8-12", "8-12");
    check("1.5 kg", r"1\.5 kg");
    check("No. 1", "No. 1");
}

#[test]
fn a_name_has_one_line_and_nothing_hidden() {
    check("a\nb\tc", "a b c");
    check("\u{202E}abc\u{200B}\u{7}", "abc");
    check("@\u{200B}everyone", "@\u{200B}everyone");
    check("  ", "—");
}

#[test]
fn a_name_is_cut_after_100_units() {
    assert_eq!(name(&"x".repeat(100)), "x".repeat(100));
    assert_eq!(name(&"x".repeat(101)), "x".repeat(99) + "…");
    assert_eq!(name(&"💪".repeat(51)), "💪".repeat(49) + "…");
}

#[test]
fn a_coach_keeps_lines_and_links_and_nothing_else() {
    let check = |text: &str, expected: &str| assert_eq!(escape_lines(&lines(text)), expected);
    check("one\n\n# two", "one\n\n\\# two");
    check("See https://example.org/a_b?c=@d. Now.", "See <https://example.org/a%5Fb?c=%40d>. Now.");
    check("https://", r"https:\/\/");
    check("https://a.b<@1>", "https:\\/\\/a.b\\<@\u{200B}1\\>");
    check("**@here**", "\\*\\*@\u{200B}here\\*\\*");
}

#[test]
fn a_button_leads_to_a_whole_https_address_only() {
    assert!(is_link("https://example.org/watch?v=a_b"));
    assert!(is_link(&format!("https://{}", "x".repeat(504))));
    assert!(!is_link(&format!("https://{}", "x".repeat(505))));
    for refused in ["", "https://", "http://example.org", "javascript:alert(1)", "https://a b"] {
        assert!(!is_link(refused), "{refused}");
    }
}

/// Reads escaped text as Discord does: a backslash takes the meaning from what follows it.
fn read(escaped: &str) -> Result<String, char> {
    let mut read = String::new();
    let mut chars = escaped.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => read.extend(chars.next()),
            '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' | '/' => return Err(c),
            '@' if chars.next() != Some('\u{200B}') => return Err(c),
            other => read.push(other),
        }
    }
    Ok(read)
}

proptest! {
    #[test]
    fn any_name_reads_as_it_was_written(text in r"[\\*_~`|<>@#/:\[\]\-+.0-9a-zé💪 \n]{0,60}") {
        let text = one_line(&text);
        let escaped = escape(&text);
        prop_assert_eq!(read(&escaped), Ok(text));
        prop_assert!(!escaped.starts_with(['#', '-', '+']));
    }
}
