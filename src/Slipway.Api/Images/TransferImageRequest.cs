namespace Slipway.Api;

/// <summary>What to bring from a registry, or to it.</summary>
/// <param name="Image">A reference, which names the registry too.</param>
/// <param name="Platform">Of a pulled index, whose image: <c>linux/arm64</c>; unset: this machine's.</param>
/// <param name="AllPlatforms">Of a pulled index, every image.</param>
/// <param name="PlainHttp">Whether a registry of another machine is asked without TLS.</param>
public sealed record TransferImageRequest(string Image, string? Platform = null, bool AllPlatforms = false, bool PlainHttp = false)
{
    /// <summary>Who asks the registry; unset: nobody.</summary>
    public string? User { get; init; }

    /// <summary>In no log and no message.</summary>
    public string? Password { get; init; }

    /// <summary>Whether what is about the image moves along: provenance, bills of materials, signatures.</summary>
    public bool Referrers { get; init; }

    /// <summary>Of a push, how plain layers are sent: <c>none</c>, <c>gzip</c> or <c>zstd</c>; unset: gzip, but none to another Slipway and for a reference by digest.</summary>
    public string? Compression { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Image;
}

/// <summary>How far a pull or a push is; the last has the result.</summary>
/// <param name="Done">Bytes that came or went, of <paramref name="Total"/> that are known to be needed.</param>
public sealed record TransferImageProgress(string Step, long Done, long Total, TransferImageResult? Result = null);

/// <param name="Image">The reference.</param>
/// <param name="Digest">Of the manifest that it means; of a push, there.</param>
/// <param name="Bytes">How many came or went.</param>
public sealed record TransferImageResult(string Image, string Digest, long Bytes)
{
    /// <summary>Of a push, the digest of the manifest here: another where layers were compressed.</summary>
    public string? DigestHere { get; init; }

    /// <summary>Of a push, what plain layers were compressed with; <c>none</c>: none was.</summary>
    public string? Compression { get; init; }

    /// <summary>Of a push, the artifact types of what is about the image and stayed here, because it says something of the plain manifest; each as often as there is one of it.</summary>
    public IReadOnlyList<string>? ReferrersLeft { get; init; }
}
