// What this device keeps until the server has it: drafts and attempts that are on their way.
// Without IndexedDB, which some private windows forbid, it is kept for as long as the page is open.

const STORES = ["drafts", "outbox"]

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("grader", 1)
    request.onupgradeneeded = () => STORES.forEach((each) => request.result.createObjectStore(each))
    request.onsuccess = () => resolve(request.result)
    request.onerror = request.onblocked = () => reject(request.error)
  })
}

function inMemory() {
  const maps = Object.fromEntries(STORES.map((each) => [each, new Map()]))
  return {
    get: async (store, key) => maps[store].get(key),
    all: async (store) => [...maps[store].values()],
    put: async (store, key, value) => void maps[store].set(key, value),
    delete: async (store, key) => void maps[store].delete(key),
  }
}

/** Return the device's storage: `get`, `all`, `put`, `delete` on the stores `drafts` and `outbox`. */
export async function openDevice() {
  let base
  try {
    base = await opened()
  } catch {
    return inMemory()
  }
  const ask = (store, mode, action) =>
    new Promise((resolve, reject) => {
      const step = base.transaction(store, mode)
      const request = action(step.objectStore(store))
      step.oncomplete = () => resolve(request.result)
      step.onerror = step.onabort = () => reject(step.error)
      step.commit() // at once: the page may be gone before the request has succeeded
    })
  return {
    get: (store, key) => ask(store, "readonly", (each) => each.get(key)),
    all: (store) => ask(store, "readonly", (each) => each.getAll()),
    put: (store, key, value) => ask(store, "readwrite", (each) => each.put(value, key)),
    delete: (store, key) => ask(store, "readwrite", (each) => each.delete(key)),
  }
}
