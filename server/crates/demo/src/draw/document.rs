//! Small files that people send each other.

use std::fmt::Write;

/// One page with a title and some lines, as PDF. In it, texts are of ASCII.
pub(crate) fn pdf(title: &str, lines: &[&str]) -> Vec<u8> {
    let safe = |text: &str| -> String {
        text.chars().filter(|c| (' '..='~').contains(c) && !"()\\".contains(*c)).collect()
    };
    let mut page = format!("BT /F1 22 Tf 72 760 Td ({}) Tj /F1 11 Tf 0 -12 Td", safe(title));
    for line in lines {
        let _ = write!(page, " 0 -20 Td ({}) Tj", safe(line));
    }
    page.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(
        file,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    file.into_bytes()
}

/// The same as plain text, in any script.
pub(crate) fn notes(title: &str, lines: &[&str]) -> Vec<u8> {
    let mut file = format!("{title}\n\n");
    lines.iter().for_each(|line| {
        let _ = writeln!(file, "- {line}");
    });
    file.into_bytes()
}
