import { expect, test } from "vitest";
import { htmlLines, readHtml } from "../../../src/extract/letter-text/html.ts";

test("blocks and line breaks are lines, and white space is one space", () => {
  expect(htmlLines("<h1>FOI\n 123</h1><p>one<br>two  <b>three</b></p><div>four<div>five</div>six</div>")).toEqual([
    "FOI 123",
    "one",
    "two three",
    "four",
    "five",
    "six",
  ]);
});

test("an empty line stays where the page shows one", () => {
  expect(htmlLines("<p>a</p><p>&nbsp;</p><p>b<br><br>c</p><p></p><p>d</p>")).toEqual(["a", "", "b", "", "c", "d"]);
  expect(htmlLines("<p>a</p><p></p><p>b</p>", { keepEmptyParagraphs: true })).toEqual(["a", "", "b"]);
});

test("a table row is a line with a tab between cells, blank cells included", () => {
  const table =
    "<table><tr><th>Year</th><th colspan=2>Plans</th><th>Note</th></tr>\n" +
    "<tr><td>2017/18</td><td><p>12</p></td><td></td><td>x</td></tr><tr><td>2018/19</td><td>13</td><td>14</td><td></td></tr></table>";
  expect(htmlLines(table)).toEqual(["Year\tPlans\t\tNote", "2017/18\t12\t\tx", "2018/19\t13\t14\t"]);
});

test("a cell over several rows keeps what stands below and beside it in its column", () => {
  const table =
    "<table><tr><td>Team</td><td>Year</td><td>Cases</td></tr><tr><td rowspan=2>CASP</td><td>2017/18</td><td>12</td></tr>" +
    "<tr><td>2018/19</td><td rowspan=2>13</td></tr><tr><td>CIN</td><td>2017/18</td></tr><tr><td>x</td><td>y</td><td>z</td></tr></table>";
  expect(htmlLines(table)).toEqual([
    "Team\tYear\tCases",
    "CASP\t2017/18\t12",
    "\t2018/19\t13",
    "CIN\t2017/18\t",
    "x\ty\tz",
  ]);
});

test("figures stacked in the cells of one row are rows of their own", () => {
  expect(htmlLines("<table><tr><td>2017/18<br>2018/19</td><td>12<br>13</td></tr></table>")).toEqual([
    "2017/18\t12",
    "2018/19\t13",
  ]);
});

test("a heading broken within its cell stays one cell", () => {
  expect(htmlLines("<table><tr><td>Number of<br>children</td><td>2017/18</td></tr></table>")).toEqual([
    "Number of children\t2017/18",
  ]);
});

test("a table for layout is read as what stands in it", () => {
  const passage =
    "In each of the following financial years, how many referrals did your service receive, and from whom were they received?";
  expect(
    htmlLines(`<table><tr><td><p>1. ${passage}</p><p>i) 2017/18</p></td><td><p>Answer</p><p>12</p></td></tr></table>`),
  ).toEqual([`1. ${passage}`, "i) 2017/18", "Answer", "12"]);
  expect(
    htmlLines("<table><tr><td><p>Dear Ms Smith</p><table><tr><td>a</td><td>1</td></tr></table></td></tr></table>"),
  ).toEqual(["Dear Ms Smith", "a\t1"]);
});

test("ordered lists have the numbers that a browser prints", () => {
  expect(
    htmlLines("<ol start=3><li>third<ol type=a><li><p>part</p></li><li value=4>d</li></ol></li><li>fourth</li></ol>"),
  ).toEqual(["3. third", "a. part", "d. d", "4. fourth"]);
  expect(htmlLines("<ol type=I><li>x</li><li></li><li>y</li></ol><ul><li>z</li></ul>")).toEqual([
    "I. x",
    "II. ",
    "III. y",
    "• z",
  ]);
});

test("an address behind words is printed, one that can be read is not printed twice", () => {
  const url = "https://explore-education-statistics.service.gov.uk/find-statistics/children-in-need/2022";
  expect(htmlLines(`<p>see <a href="${url}">this page</a>.</p>`)).toEqual([`see this page <${url}>.`]);
  expect(htmlLines(`<p>see <a href="${url}/">${url}</a></p>`)).toEqual([`see ${url}`]);
  expect(
    htmlLines(`<a href="javascript:x()">a</a> <a href="#q3">b</a> <a href="mailto:foi@council.gov.uk?x=1">c</a>`),
  ).toEqual(["a b c <foi@council.gov.uk>"]);
});

test("what nobody sees is no text", () => {
  const hidden =
    "<script>1</script><style>2</style><!-- 3 --><template>4</template><noscript>5</noscript><p hidden>6</p>" +
    `<p style="color:red; display : none">7</p><span style="visibility:hidden">8</span><i style="font-size:0">9</i>`;
  expect(htmlLines(`<p>seen</p>${hidden}<p style="font-size:0.9em">small</p>`)).toEqual(["seen", "small"]);
});

test("a raised footnote figure does not lengthen the number before it", () => {
  expect(htmlLines("<p>2017/18: 123<sup>1</sup>, 31<sup>st</sup> March</p>")).toEqual(["2017/18: 123[1], 31st March"]);
});

test("preformatted text keeps its lines", () => {
  expect(htmlLines("<pre>one\n\ntwo  x</pre>")).toEqual(["one", "", "two x"]);
});

test("the declared encoding is used, and one that is not declared is told", () => {
  const page = (head: string): Uint8Array =>
    Buffer.from(`<html><head>${head}</head><body>\xa35m</body></html>`, "latin1");
  expect(readHtml(page(`<meta http-equiv=x content="text/html; charset=iso-8859-1">`))).toEqual({
    lines: [{ text: "£5m", page: null }],
    problems: [],
  });
  expect(readHtml(page(""))).toMatchObject({ lines: [{ text: "£5m" }], problems: [{ code: "encoding" }] });
});
