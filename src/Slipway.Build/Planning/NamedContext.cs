namespace Slipway.Build.Planning;

/// <summary>What <c>--build-context name=…</c> puts in the place of a stage or image of that name.</summary>
public abstract record NamedContext
{
    /// <summary>Files, unpacked on this machine.</summary>
    public sealed record Folder(string Directory) : NamedContext;

    /// <summary>Another image, by its name.</summary>
    public sealed record OfImage(string Reference) : NamedContext;
}
