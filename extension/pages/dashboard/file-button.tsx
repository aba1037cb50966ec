import type { JSX } from "preact";
import { useRef } from "preact/hooks";

interface FilesButtonProps {
  /** As in `<input accept>`. */
  accept: string;
  children: string;
  onFiles: (files: File[]) => void;
  /** One file only. */
  single?: boolean;
}

/** A button that asks for files. */
export function FilesButton({ accept, children, onFiles, single = false }: FilesButtonProps): JSX.Element {
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
        multiple={!single}
        hidden
        aria-label={children}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          // The same file, chosen twice, is read twice.
          event.currentTarget.value = "";
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}

interface FileButtonProps {
  accept: string;
  children: string;
  onFile: (file: File) => void;
}

/** A button that asks for one file. */
export function FileButton({ onFile, ...others }: FileButtonProps): JSX.Element {
  return <FilesButton {...others} single onFiles={([file]) => file && onFile(file)} />;
}
