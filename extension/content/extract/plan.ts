/** An adapter's readings, made ready for reading many items. */
import {
  CHOICE_FIELDS,
  type FieldName,
  FLAG_FIELDS,
  type FlagField,
  type ItemKind,
  NUMBER_FIELDS,
  type NumberField,
  type Reading,
  SET_FIELDS,
  type SetField,
  SPAN_FIELDS,
  TEXT_FIELDS,
  type TextField,
} from "../../shared/adapter.ts";

/** A reading, made ready. */
export interface Step extends Reading {
  /** Numbers scope and selector: readings that look in the same place have the same number. */
  place: number;
  /** `match`, compiled. */
  pattern: RegExp | null;
}

/** An item kind, made ready. */
export interface Plan {
  /** Under which health is told of the identifier: `item.tweet.id`. */
  note: string;
  identity: Step[];
  /** The fields that the adapter reads, in order, each with its name in health reports. */
  fields: Array<{ field: FieldName; note: string; steps: Step[] }>;
  /** One selector for all parts that are a post of someone else; empty: none. */
  quote: string;
}

const FIELDS: readonly FieldName[] = [
  ...TEXT_FIELDS,
  ...FLAG_FIELDS,
  ...NUMBER_FIELDS,
  ...SPAN_FIELDS,
  ...SET_FIELDS,
  ...CHOICE_FIELDS,
];

export function planOf(rule: ItemKind): Plan {
  const places = new Map<string, number>();
  const ready = (reading: Reading): Step => {
    const key = `${reading.in} ${reading.css ?? ""}`;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return {
      ...reading,
      place,
      pattern: reading.match === undefined ? null : new RegExp(reading.match, "iu"),
    };
  };
  return {
    note: `item.${rule.name}.id`,
    identity: rule.identity.map(ready),
    fields: FIELDS.flatMap((field) => {
      const readings = rule.fields[field];
      return readings ? [{ field, note: `item.${rule.name}.${field}`, steps: readings.map(ready) }] : [];
    }),
    quote: rule.quote.join(","),
  };
}

const oneOf = <T extends FieldName>(fields: readonly T[]) => {
  const names: ReadonlySet<string> = new Set(fields);
  return (field: FieldName): field is T => names.has(field);
};

export const isText = oneOf<TextField>(TEXT_FIELDS);
export const isFlag = oneOf<FlagField>(FLAG_FIELDS);
export const isNumber = oneOf<NumberField>(NUMBER_FIELDS);
export const isSet = oneOf<SetField>(SET_FIELDS);
