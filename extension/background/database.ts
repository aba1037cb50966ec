/** IndexedDB, where what is large lies: it costs nothing until it is asked for, and no other part hears of its changes. */

/** A database of one store. */
export interface Place {
  database: string;
  store: string;
}

/** Models that the reader brought: a card's name to `{ card, onnx }`. */
export const OWN_MODELS: Place = { database: "diffract-models", store: "models" };

/** Settles a request. */
type Done = <T>(request: IDBRequest<T>) => Promise<T>;

/** Does a job in one transaction. Rejects when the database cannot be used. */
export async function withStore<T>(
  { database: name, store }: Place,
  mode: IDBTransactionMode,
  job: (store: IDBObjectStore, done: Done) => Promise<T>,
): Promise<T> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store);
  const database = await done(request);
  try {
    return await job(database.transaction(store, mode).objectStore(store), done);
  } finally {
    database.close();
  }
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the database failed"));
  });
}
