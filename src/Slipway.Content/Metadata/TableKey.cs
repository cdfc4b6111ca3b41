namespace Slipway.Content.Metadata;

/// <summary>Keys of several parts, ordered part by part.</summary>
public static class TableKey
{
    /// <summary>Stands between the parts; sorts below every printable character.</summary>
    public const char Separator = '\u001f';

    /// <summary>Joins the parts of a key. No part may hold <see cref="Separator"/>.</summary>
    public static string Join(params ReadOnlySpan<string> parts) => string.Join(Separator, parts!);
}
