namespace Slipway.Images;

/// <summary>What an image runs on, in Go's names: <c>linux/arm64/v8</c> (OCI image specification, image-index.md).</summary>
public sealed record Platform(string Os, string Architecture, string? Variant = null)
{
    /// <summary>This machine's.</summary>
    public static Platform Host { get; } = new("linux", ImageConfig.HostArchitecture);

    /// <summary>Reads <c>os/architecture[/variant]</c>; null where the text is anything else.</summary>
    public static Platform? Find(string text) => text.Split('/') switch
    {
        [{ Length: > 0 } os, { Length: > 0 } architecture] => new(os, architecture),
        [{ Length: > 0 } os, { Length: > 0 } architecture, { Length: > 0 } variant] => new(os, architecture, variant),
        _ => null,
    };

    /// <summary>Whether a machine of this platform runs what is made for the other. A variant that either does not state is any.</summary>
    public bool Runs(Platform other) => Os == other.Os && Architecture == other.Architecture
        && (Variant is null || other.Variant is null || Variant == other.Variant);

    /// <inheritdoc/>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
