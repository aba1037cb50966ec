/** Numbers, ages and times as platforms write them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  foldLabel,
  parseAge,
  parseDuration,
  parseHandle,
  parseLink,
  parseNumber,
  parseTime,
} from "../../extension/content/extract/values.ts";
import { readCompiledAdapters } from "../../extension/shared/adapter.ts";
import { compiledAdapters } from "./harness.ts";

const { words } = readCompiledAdapters(JSON.parse(compiledAdapters()));
const HOUR = 3600;
const DAY = 24 * HOUR;

const NUMBERS: Array<[string, number | undefined]> = [
  ["1,234", 1234],
  ["1.234", 1234],
  ["1 234 567", 1234567],
  ["1\u202f234", 1234],
  ["1'234", 1234],
  ["1,234,567 views", 1234567],
  ["41.4k", 41400],
  ["1.2K", 1200],
  ["2.5M", 2500000],
  ["3B views", 3e9],
  ["15117 Likes. Like", 15117],
  ["0 Replies. Reply", 0],
  ["1,2 Mio. Aufrufe", 1200000],
  ["172 k vues", 172000],
  ["1,4 M de vues", 1400000],
  ["19 тыс. просмотров", 19000],
  ["1,1 млн просмотров", 1100000],
  ["12万 次观看", 120000],
  ["観看次數:3.4萬次", 34000],
  ["1.5만회", 15000],
  ["2.3 लाख", 230000],
  ["12 mil visualizaciones", 12000],
  ["No views", 0],
  ["Keine Aufrufe", 0],
  ["discuss", 0],
  ["9\u00a0comments", 9],
  ["-12 points", -12],
  ["−4", -4],
  ["45 kommentarer", 45],
  ["Like", undefined],
  ["", undefined],
  ["1.5 thousand", 1500],
  ["٣", undefined],
];
const AGES: Array<[string, number | undefined]> = [
  ["3h", 3 * HOUR],
  ["16 hours ago", 16 * HOUR],
  ["an hour ago", HOUR],
  ["5d •", 5 * DAY],
  ["4 yr. ago", 4 * 365 * DAY],
  ["2 weeks ago", 14 * DAY],
  ["vor 2 Tagen", 2 * DAY],
  ["vor einer Stunde", HOUR],
  ["il y a 4 mois", 120 * DAY],
  ["hace 3 días", 3 * DAY],
  ["há 2 semanas", 14 * DAY],
  ["2 giorni fa", 2 * DAY],
  ["1 день назад", DAY],
  ["5 дней назад", 5 * DAY],
  ["3 года назад", 3 * 365 * DAY],
  ["1 год назад", 365 * DAY],
  ["2 год. тому", 2 * 3600],
  ["1 годину тому", 3600],
  ["2 時間前", 2 * HOUR],
  ["3 天前", 3 * DAY],
  ["1 个月前", 30 * DAY],
  ["4일 전", 4 * DAY],
  ["2 gün önce", 2 * DAY],
  ["5 minuten geleden", 300],
  ["Streamed 2 days ago", 2 * DAY],
  ["gestern", DAY],
  ["just now", 0],
  ["1.4M views", undefined],
  ["2M views", undefined],
  ["24K views", undefined],
  ["19 тыс. просмотров", undefined],
  ["hello", undefined],
];
const DURATIONS: Array<[string, number | undefined]> = [
  ["16:52", 1012],
  ["1:02:03", 3723],
  ["0:08", 8],
  ["PT1H2M3S", 3723],
  ["PT4M", 240],
  ["29 minutes et 29 secondes", 1769],
  ["41 секунда", 41],
  ["1 час 2 минуты", 3720],
  ["LIVE", undefined],
  ["SHORTS", undefined],
];
const TIMES: Array<[string, number | undefined]> = [
  ["2026-03-01T08:00:00.000Z", 1772352000],
  ["2026-03-01T08:00:00", 1772352000],
  ["2026-03-01T09:00:00+01:00", 1772352000],
  ["2026-03-01T08:00:00.000000+0000", 1772352000],
  ["2026-03-01", 1772323200],
  ["1772352000", 1772352000],
  ["1772352000000", 1772352000],
  ["3 days ago", undefined],
  ["", undefined],
];

describe("values", () => {
  for (const [raw, value] of NUMBERS)
    test(`number: ${raw}`, () => assert.equal(parseNumber(raw, words), value));
  for (const [raw, value] of AGES) test(`age: ${raw}`, () => assert.equal(parseAge(raw, words), value));
  for (const [raw, value] of DURATIONS)
    test(`duration: ${raw}`, () => assert.equal(parseDuration(raw, words), value));
  for (const [raw, value] of TIMES) test(`time: ${raw}`, () => assert.equal(parseTime(raw), value));

  test("handles lose what platforms put before them", () => {
    assert.deepEqual(["@ada", "u/ada", "/u/ada", " ada "].map(parseHandle), ["ada", "ada", "ada", "ada"]);
  });

  test("links are absolute, unwrapped, and web addresses only", () => {
    const unwrap = [{ match: "^https://t\\.example/go\\?", param: "to" }];
    const link = (raw: string) => parseLink(raw, "https://a.example/x/", unwrap);
    assert.equal(link("../y"), "https://a.example/y");
    assert.equal(link("https://t.example/go?to=https%3A%2F%2Fb.example%2F"), "https://b.example/");
    assert.equal(
      link("https://t.example/go?to=javascript:alert(1)"),
      "https://t.example/go?to=javascript:alert(1)",
    );
    assert.equal(link("javascript:alert(1)"), undefined);
    assert.equal(link("data:text/html,x"), undefined);
  });

  test("labels are compared without case, blanks and punctuation", () => {
    assert.equal(foldLabel(" SPONSORED · "), foldLabel("sponsored"));
    assert.equal(foldLabel("Ｓponsored"), "sponsored");
    assert.notEqual(foldLabel("Sponsored by"), foldLabel("Sponsored"));
  });
});
