namespace Slipway.Api;

/// <summary>A cache that builds of several machines share: a folder of the server's own machine, or a repository of a registry.</summary>
public sealed record SharedCacheOption
{
    /// <summary>An OCI image layout; only over the server's unix socket, by its own user. Either this or <see cref="Image"/> is set.</summary>
    public string? Folder { get; init; }

    /// <summary>Which cache of the folder.</summary>
    public string Tag { get => field ?? "latest"; init; }

    /// <summary>A reference, which names the registry too.</summary>
    public string? Image { get; init; }

    /// <summary>When it is written: with the layers of every step (<c>mode=max</c>), not of the result alone.</summary>
    public bool All { get; init; }

    /// <summary>A failure to write it is a warning.</summary>
    public bool IgnoreErrors { get; init; }

    /// <summary>A registry of another machine is asked without TLS.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>Who asks the registry; unset: nobody.</summary>
    public string? User { get; init; }

    /// <summary>In no log and no message.</summary>
    public string? Password { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Folder ?? Image ?? "";
}
