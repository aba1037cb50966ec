import type { JSX } from "preact";
import { useRef } from "preact/hooks";

interface FileButtonProps {
  /** As in `<input accept>`. */
  accept: string;
  children: string;
  onFile: (file: File) => void;
}

/** A button that asks for a file. */
export function FileButton({ accept, children, onFile }: FileButtonProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => input.current?.click()}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={children}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // The same file, chosen twice, is read twice.
          event.currentTarget.value = "";
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}
