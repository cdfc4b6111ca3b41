namespace Slipway.Api;

/// <summary>
/// The body of a build request: a tar whose FIRST entry, named <see cref="DockerfileEntry"/>, is the Dockerfile's text and no part of the context
/// (so a Dockerfile may lie elsewhere, come from stdin or be ignored by .dockerignore); the context's entries follow, sorted by path, relative to its root.
/// </summary>
public static class BuildContextFormat
{
    public const string DockerfileEntry = ".slipway.dockerfile";

    /// <summary>
    /// Right after the Dockerfile, a file for each secret: this and its id, escaped as in a URL. Kept in memory, never on a disk; no part of the context.
    /// </summary>
    public const string SecretPrefix = ".slipway.secrets/";

    /// <summary>After the context's own, the entries of named contexts: this, the name (escaped as in a URL), a slash and the path. No part of the context.</summary>
    public const string ContextPrefix = ".slipway.contexts/";

    /// <summary>
    /// The very last entry: a <see cref="BuildSource"/> as JSON. It stands at the end because git is asked while the context is sent. No part of the context.
    /// </summary>
    public const string SourceEntry = ".slipway.source";

    /// <summary>After all files, where a .dockerignore left something out: those paths, one a line, so that a message can name the cause. No part of the context.</summary>
    public const string IgnoredEntry = ".slipway.ignored";

    /// <summary>At most so many of them are told.</summary>
    public const int MostIgnored = 1000;

    public const string MediaType = "application/x-tar";

    /// <summary>Whether a path of the context has a name that means something else in the body, so that it stays out.</summary>
    public static bool IsReserved(string path) => path is DockerfileEntry or IgnoredEntry or SourceEntry;
}
