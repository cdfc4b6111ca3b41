namespace Slipway.Content.Tests.Crashes;

/// <summary>A file or folder as <see cref="DiskLog"/> knows it.</summary>
internal sealed class DiskNode
{
    public required bool IsFolder { get; init; }

    /// <summary>Where it stands now; its last place once it was removed.</summary>
    public required string Path { get; set; }

    /// <summary>The bytes that a power cut cannot take back; null where those are all that it has.</summary>
    public byte[]? Durable { get; set; }

    /// <summary>Its bytes when its name was removed.</summary>
    public byte[]? Dead { get; set; }

    /// <summary>Its bytes; none where it could not even be made.</summary>
    public byte[] Now() => Dead ?? (File.Exists(Path) ? File.ReadAllBytes(Path) : []);
}

/// <summary>A name that came, went or changed, and may be taken back: From null, it is new; To null, it was removed.</summary>
internal sealed record NameChange(string? From, string? To, DiskNode Node)
{
    public bool Touches(string folder) => Path.GetDirectoryName(From) == folder || Path.GetDirectoryName(To) == folder;

    public void Apply(Dictionary<string, DiskNode> names)
    {
        if (From is not null && names.GetValueOrDefault(From) == Node)
        {
            names.Remove(From);
        }

        if (To is not null)
        {
            names[To] = Node;
        }
    }
}
