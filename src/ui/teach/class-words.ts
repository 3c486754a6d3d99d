/** Short words that are spelled as they are said: one is called out to a class, and everybody types it. */
const WORDS = (
  'acorn amber badger bamboo basil beacon birch canyon cedar cobalt comet coral dolphin ember falcon fern fjord garnet ' +
  'ginger harbor hazel indigo island jasper kestrel lagoon lantern lemon linden lotus magnet maple meadow nectar nimbus ' +
  'olive otter pebble pepper plum quartz raven ribbon saffron sierra sparrow summit tangent thistle timber tulip velvet ' +
  'walnut willow zephyr'
).split(' ');

/** A word by chance, and not the one that there is. */
export function anyWord(but = ''): string {
  const words = WORDS.filter((word) => word !== but);
  const [chance = 0] = crypto.getRandomValues(new Uint32Array(1));
  return words[chance % words.length]!;
}
