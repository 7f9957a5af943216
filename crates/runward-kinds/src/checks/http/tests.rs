//! Settings of HTTP checks: what is taken and what is refused.

use super::*;

fn parse(settings: &str) -> Result<Http, String> {
    Http::deserialize(settings.parse::<toml::Table>().unwrap()).map_err(|e| e.to_string())
}

#[test]
fn statuses_are_ranges_and_single_numbers() {
    let http = parse("url = 'http://x/'\nstatus = '200-299, 401'").unwrap();
    assert_eq!(http.status.0, [(200, 299), (401, 401)]);
    for wrong in ["", "abc", "299-200", "99", "200-600"] {
        assert!(parse(&format!("url = 'http://x/'\nstatus = '{wrong}'")).is_err(), "{wrong}");
    }
}

#[test]
fn an_address_needs_a_scheme_and_a_host() {
    for wrong in ["x", "ftp://x/", "http://", "http:///path", "localhost:3000"] {
        let e = parse(&format!("url = '{wrong}'")).unwrap_err();
        assert!(e.contains(wrong), "{e}");
    }
}

#[test]
fn a_target_of_health_must_be_well_and_any_other_must_answer() {
    let status = |target: &str| (KIND.of_target)(target)["status"].as_str().unwrap().to_owned();
    assert_eq!(status("http://localhost:3000/"), "100-499");
    assert_eq!(status("https://api.example/health"), "200-399");
}
