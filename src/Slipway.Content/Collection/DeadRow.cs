namespace Slipway.Content.Collection;

/// <summary>A row that nothing needs any more.</summary>
/// <param name="Kind">What it is, for people, in the plural: <c>answers</c>.</param>
/// <param name="Value">What it held when it was found dead: one that was written since is alive.</param>
/// <param name="Roots">What it kept alive.</param>
public sealed record DeadRow(string Kind, string Table, string Key, byte[] Value, IReadOnlyList<Root> Roots);
