// What an entry changes, line by line; nothing where it changes nothing.

export function Effects({ of }: { of: readonly string[] }) {
  if (of.length === 0) return null;
  return (
    <ul class="effects">
      {of.map((one) => (
        <li key={one}>
          <bdi>{one}</bdi>
        </li>
      ))}
    </ul>
  );
}
