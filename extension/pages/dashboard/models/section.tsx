/** Models: those that come with Diffract, those that the reader brought, and those that they taught. */
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { announce } from "../../common/parts.tsx";
import { FilesButton } from "../file-button.tsx";
import { request, state } from "../model.ts";
import { Model } from "./card.tsx";
import { Filters } from "./filters.tsx";
import { Brought, bring, useDrop } from "./own.tsx";

/** The section. */
export function Models(): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useDrop();
  const installed = state.value?.models.filter(({ taught }) => taught === undefined) ?? [];
  const remove = async (name: string): Promise<void> => {
    heading.current?.focus();
    if (await request({ type: "remove-model", model: name })) announce(`The model ${name} was removed`);
  };
  return (
    <>
      <div class="heading">
        <div>
          <h1 id="models-title" tabIndex={-1} ref={heading}>
            Models
          </h1>
          <p class="lead">
            Small programs that judge what words alone cannot tell, all on this machine: rules ask them by
            name, as in <code>collapse if clickbait</code>. Each errs, and says how often.
          </p>
        </div>
        <FilesButton accept=".onnx,.toml,.zip,.json" onFiles={(files) => void bring(files)}>
          Add a model from files
        </FilesButton>
      </div>
      <Brought />
      <Filters />
      <section aria-labelledby="installed-title" class="installed">
        <h2 id="installed-title">Installed</h2>
        <p class="hint">
          A model of your own is a file <code>model.onnx</code> with its <code>card.toml</code>: add both, a
          zip or a folder, or drop them on this page. In brackets stands where a figure may truly lie, 95 %
          sure.
        </p>
        <ul class="models">
          {installed.map((model) => (
            <Model
              key={model.name}
              model={model}
              {...(model.own && { onRemove: () => void remove(model.name) })}
            />
          ))}
        </ul>
        {installed.length === 0 ? <p class="hint">There are no models in this build.</p> : null}
      </section>
    </>
  );
}
