using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Hashing;

namespace Slipway.Images;

/// <summary>
/// The identity of what runs: a digest of all of an image that a container can see. Images of one run identity answer every command alike, though they
/// were built at other times or say other things of themselves.
/// </summary>
public static class RunIdentity
{
    /// <summary>
    /// Of the layers' diff ids, the platform, environment, entrypoint, command, user, working directory and volumes; each in the order and spelling of the
    /// config. Not in it: times, author and history, labels, and what only those read who handle a container (ports, stop signal, health check) or build (shell, ONBUILD).
    /// </summary>
    public static Digest Of(ImageConfig config)
    {
        using CanonicalDigest digest = new("slipway-run-identity 1");
        digest.Add(config.DiffIds.Length);
        foreach (Digest layer in config.DiffIds)
        {
            digest.Add(layer);
        }

        digest.Add(config.Os).Add(config.Architecture).Add(Optional(config.Variant)).Add(config.Env);
        Add(digest, config.Entrypoint);
        Add(digest, config.Cmd);
        return digest.Add(config.User).Add(config.WorkingDir).Add(config.Volumes).Finish();
    }

    // None at all is another thing than one without words.
    private static void Add(CanonicalDigest digest, ImmutableArray<string>? words)
    {
        digest.Add(words is null ? 0 : 1);
        if (words is { } there)
        {
            digest.Add(there);
        }
    }

    private static string[] Optional(string? text) => text is null ? [] : [text];
}
