//! The growth as a picture: how long half of the answers took, by the size of the library.

use std::fmt::Write as _;

use super::Growth;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 600.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 60.0;
/// Colours that are told apart, one for each operation in turn.
const COLOURS: [&str; 10] =
    ["#1b6ca8", "#c8553d", "#2e8b57", "#8a4fbf", "#b8860b", "#d1479a", "#3f7d7d", "#6b6b6b", "#5a8f00", "#a23b3b"];

/// A logarithmic scale from values to pixels.
struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    /// Whole powers of ten around the values.
    fn around(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = values
            .filter(|value| *value > 0.0)
            .fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value.log10()), high.max(value.log10())));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low.floor(), high.ceil()) };
        Self { low, high: high.max(low + 1.0), from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let share = (value.max(1e-9).log10() - self.low) / (self.high - self.low);
        self.from + share * (self.to - self.from)
    }

    fn tens(&self) -> impl Iterator<Item = f64> {
        (self.low as i32..=self.high as i32).map(|power| 10_f64.powi(power))
    }
}

/// The picture as SVG.
pub fn plot(growth: &Growth) -> String {
    let sizes = || growth.reports.iter().map(|report| report.contents as f64);
    let medians = growth.reports.iter().flat_map(|report| &report.figures).map(|figures| figures.server.p50);
    let x = Scale::around(sizes(), LEFT, WIDTH - RIGHT);
    let y = Scale::around(medians, HEIGHT - BOTTOM, TOP);
    let mut out = String::new();
    frame(&mut out, growth, &x, &y);
    let names: Vec<&str> = growth
        .reports
        .first()
        .map(|report| report.figures.iter().map(|f| f.operation.as_str()).collect())
        .unwrap_or_default();
    let mut labels: Vec<(f64, &str, &str)> = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let points: Vec<(f64, f64)> = growth
            .reports
            .iter()
            .filter_map(|report| {
                let figures = report.figures.iter().find(|f| f.operation == *name && f.failed.is_none())?;
                Some((x.at(report.contents as f64), y.at(figures.server.p50)))
            })
            .collect();
        let colour = COLOURS[place % COLOURS.len()];
        let dash = if place < COLOURS.len() { "" } else { " stroke-dasharray=\"5 3\"" };
        let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash} points=\"{}\"/>",
            line.join(" ")
        );
        for (x, y) in &points {
            let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
        }
        labels.extend(points.last().map(|(_, y)| (*y, *name, colour)));
    }
    name_lines(&mut out, labels);
    out.push_str("</svg>\n");
    out
}

fn frame(out: &mut String, growth: &Growth, x: &Scale, y: &Scale) {
    let engine = growth.reports.first().map_or("", |report| report.engine.as_str());
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"28\" font-size=\"16\">Time of half of the answers by the size of the library ({engine})</text>"
    );
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    for ten in y.tens() {
        let at = y.at(ten);
        let _ = writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{right}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{ten} ms</text>",
            LEFT - 8.0,
            at + 4.0
        );
    }
    for report in &growth.reports {
        let at = x.at(report.contents as f64);
        let _ = writeln!(
            out,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{TOP}\" y2=\"{bottom}\" stroke=\"#ddd\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 20.0,
            report.contents
        );
    }
    let _ = writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">contents</text>",
        (LEFT + right) / 2.0,
        HEIGHT - 16.0
    );
}

/// Names beside the ends of the lines, moved apart so that each can be read.
fn name_lines(out: &mut String, mut labels: Vec<(f64, &str, &str)>) {
    const LEAST: f64 = 14.0;
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    let room = HEIGHT - BOTTOM + 10.0 - LEAST * labels.len() as f64;
    let mut next = TOP.min(room);
    for (place, (at, name, colour)) in labels.iter().enumerate() {
        let latest = room + LEAST * place as f64;
        let y = at.max(next).min(latest.max(next));
        next = y + LEAST;
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{name}</text>",
            WIDTH - RIGHT + 10.0,
            y + 4.0
        );
    }
}
