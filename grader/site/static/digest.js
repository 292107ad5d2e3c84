/** Return the SHA-256 of a text's UTF-8 as the server names it; null where browsers do not offer it. */
export async function sha256(text) {
  if (!crypto.subtle) return null // not a secure context: the revision protects still
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (each) => each.toString(16).padStart(2, "0")).join("")
}
