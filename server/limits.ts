/** Requests a minute that one computer may send, and how many of them may try a password. */
export const MOST_REQUESTS = 1200
export const MOST_GUESSES = 20
/** Exports and prints a minute of one person. */
export const MOST_RELEASES = 30
