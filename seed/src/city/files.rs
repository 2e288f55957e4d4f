//! Attachments made from their names: small files that open in the programs they are for.

use std::fmt::Write as _;

use flate2::Crc;

/// The bytes of a file called `name` that belongs to a content with this title and source.
pub(super) fn file(name: &str, title: &str, source: &str) -> anyhow::Result<Vec<u8>> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let lines = [stem, title, source];
    match ending {
        "pdf" => Ok(pdf(&lines)),
        "docx" => Ok(docx(&lines)),
        "xlsx" => Ok(xlsx(&lines)),
        _ => anyhow::bail!("no file can be made with the ending of {name}"),
    }
}

/// One page of text. The font is one of the Chinese fonts that readers of PDF have by the standard (ISO 32000-1, 9.7.5).
fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut page = String::from("BT /F1 16 Tf 72 760 Td 26 TL\n");
    for line in lines {
        let characters: Vec<char> = line.chars().collect();
        for part in characters.chunks(27) {
            let text: String = part.iter().collect();
            let codes: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            let _ = writeln!(page, "<{codes}> Tj T*");
        }
        page.push_str("T*\n");
    }
    page.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 7 0 R >>"
            .to_owned(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [5 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) \
         /Ordering (GB1) /Supplement 4 >> /FontDescriptor 6 0 R /DW 1000 >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
    ];
    let mut out = String::from("%PDF-1.5\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let begin = out.len();
    let _ = write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(out, "{place:010} 00000 n ");
    }
    let _ = write!(out, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A document of paragraphs (ECMA-376).
fn docx(lines: &[&str]) -> Vec<u8> {
    let paragraphs: String =
        lines.iter().map(|line| format!("<w:p><w:r><w:t>{}</w:t></w:r></w:p>", escape(line))).collect();
    let document = format!(
        "{HEAD}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>{paragraphs}</w:body></w:document>"
    );
    let main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
    zip(&[
        ("[Content_Types].xml", types(&[("/word/document.xml", main)])),
        ("_rels/.rels", relation("officeDocument", "word/document.xml")),
        ("word/document.xml", document),
    ])
}

/// A workbook of one sheet with one column (ECMA-376).
fn xlsx(lines: &[&str]) -> Vec<u8> {
    let space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let cell = |(at, line): (usize, &&str)| {
        let row = at + 1;
        format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"inlineStr\"><is><t>{}</t></is></c></row>", escape(line))
    };
    let rows: String = lines.iter().enumerate().map(cell).collect();
    let sheet = format!("{HEAD}<worksheet xmlns=\"{space}\"><sheetData>{rows}</sheetData></worksheet>");
    let book = format!(
        "{HEAD}<workbook xmlns=\"{space}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let (main, one) = (format!("{kind}.sheet.main+xml"), format!("{kind}.worksheet+xml"));
    zip(&[
        ("[Content_Types].xml", types(&[("/xl/workbook.xml", &main), ("/xl/worksheets/sheet1.xml", &one)])),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}

fn types(parts: &[(&str, &str)]) -> String {
    let overrides: String =
        parts.iter().map(|(name, kind)| format!("<Override PartName=\"{name}\" ContentType=\"{kind}\"/>")).collect();
    let relations = "application/vnd.openxmlformats-package.relationships+xml";
    format!(
        "{HEAD}<Types xmlns=\"{TYPES}\"><Default Extension=\"rels\" ContentType=\"{relations}\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>{overrides}</Types>"
    )
}

fn relation(kind: &str, target: &str) -> String {
    format!(
        "{HEAD}<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A zip file of stored parts, dated 1980-01-01 as the format's beginning has it.
fn zip(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut out, mut index) = (Vec::new(), Vec::new());
    for (name, text) in parts {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let place = out.len() as u32;
        let mut header = Vec::new();
        // Version 2.0, UTF-8 names, stored, time, date.
        for field in [20_u16, 0x0800, 0, 0, 0x21] {
            header.extend(field.to_le_bytes());
        }
        for field in [crc.sum(), text.len() as u32, text.len() as u32] {
            header.extend(field.to_le_bytes());
        }
        header.extend((name.len() as u16).to_le_bytes());
        header.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&header);
        out.extend(name.as_bytes());
        out.extend(text.as_bytes());
        index.extend(b"PK\x01\x02");
        index.extend(20_u16.to_le_bytes());
        index.extend(&header);
        // No comment, the first disk, no attributes.
        index.extend([0; 10]);
        index.extend(place.to_le_bytes());
        index.extend(name.as_bytes());
    }
    let (begin, count) = (out.len() as u32, parts.len() as u16);
    out.extend(&index);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((index.len() as u32).to_le_bytes());
    out.extend(begin.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    out
}

#[cfg(test)]
mod tests {
    use library::attachment::media_type_of;

    use super::*;

    #[test]
    fn files_are_what_their_endings_say() {
        let made = |name: &str| file(name, "标题 <甲> & 乙", "云泽市").expect("a file");
        assert_eq!(media_type_of("a.pdf", &made("a.pdf")), "application/pdf");
        assert!(media_type_of("a.docx", &made("a.docx")).ends_with("wordprocessingml.document"));
        assert!(media_type_of("a.xlsx", &made("a.xlsx")).ends_with("spreadsheetml.sheet"));
        assert!(file("a.exe", "", "").is_err());
    }

    #[test]
    fn the_index_of_a_pdf_leads_to_its_objects() {
        let bytes = file("公告.pdf", "标题", "云泽市").expect("a file");
        let text = String::from_utf8(bytes).expect("plain text");
        let begin: usize = text.lines().rev().nth(1).and_then(|line| line.parse().ok()).expect("startxref");
        assert!(text[begin..].starts_with("xref\n0 8\n"));
        for (at, line) in text[begin..].lines().skip(3).take(7).enumerate() {
            let place: usize = line[..10].parse().expect("a place");
            assert!(text[place..].starts_with(&format!("{} 0 obj", at + 1)), "object {}", at + 1);
        }
    }
}
