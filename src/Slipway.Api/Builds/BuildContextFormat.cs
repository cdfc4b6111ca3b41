namespace Slipway.Api;

/// <summary>
/// The body of a build request: a tar whose FIRST entry, named <see cref="DockerfileEntry"/>, is the Dockerfile's text and no part of the context
/// (so a Dockerfile may lie elsewhere, come from stdin or be ignored by .dockerignore); the context's entries follow, sorted by path, relative to its root.
/// </summary>
public static class BuildContextFormat
{
    public const string DockerfileEntry = ".slipway.dockerfile";

    public const string MediaType = "application/x-tar";
}
