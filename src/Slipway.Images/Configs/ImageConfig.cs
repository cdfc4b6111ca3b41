using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>
/// What an image says about itself and about how its containers run: OCI's image config (config.md) with Docker's Shell, Healthcheck and OnBuild.
/// Immutable; <see cref="ImageConfigJson"/> reads it and writes it canonically.
/// </summary>
public sealed record ImageConfig
{
    /// <summary>RFC 3339, as it was written; null where not stated.</summary>
    public string? Created { get; init; }

    public string? Author { get; init; }

    /// <summary>Go's name of the processor: <c>amd64</c>, <c>arm64</c>.</summary>
    public string Architecture { get; init; } = HostArchitecture;

    public string? Variant { get; init; }

    public string Os { get; init; } = "linux";

    /// <summary><c>user[:group]</c> by name or number; empty is root.</summary>
    public string User { get; init; } = "";

    /// <summary><c>NAME=value</c> in the order of their declaration.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>Null: none is set.</summary>
    public ImmutableArray<string>? Entrypoint { get; init; }

    /// <summary>Null: none is set.</summary>
    public ImmutableArray<string>? Cmd { get; init; }

    /// <summary>Empty is <c>/</c>.</summary>
    public string WorkingDir { get; init; } = "";

    public ImmutableSortedSet<string> ExposedPorts { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public ImmutableSortedSet<string> Volumes { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public string? StopSignal { get; init; }

    public Healthcheck? Healthcheck { get; init; }

    /// <summary>Instructions that run in a build that starts from this image.</summary>
    public ImmutableArray<string> OnBuild { get; init; } = [];

    /// <summary>The shell of the shell forms; null means <c>/bin/sh -c</c>.</summary>
    public ImmutableArray<string>? Shell { get; init; }

    /// <summary>The digests of the layers' plain tars, bottom first.</summary>
    public ImmutableArray<Digest> DiffIds { get; init; } = [];

    public ImmutableArray<HistoryEntry> History { get; init; } = [];

    /// <summary>The name of this machine's processor as images have it.</summary>
    public static string HostArchitecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        System.Runtime.InteropServices.Architecture.Arm => "arm",
        System.Runtime.InteropServices.Architecture other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>The config with <c>NAME=value</c> set: in place where the name exists, else last.</summary>
    public ImageConfig WithEnv(string name, string value)
    {
        string entry = $"{name}={value}";
        int index = Env.IndexOfFirst(existing => existing.StartsWith(name + "=", StringComparison.Ordinal) || existing == name);
        return this with { Env = index < 0 ? Env.Add(entry) : Env.SetItem(index, entry) };
    }
}
