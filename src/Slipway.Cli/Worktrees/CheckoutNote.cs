using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Cli.Data;

namespace Slipway.Cli.Worktrees;

/// <summary>What a folder was made from by `checkout`: kept in the folder itself, as <c>.slipway/checkout.json</c>, which is never data.</summary>
/// <param name="Version">1.</param>
/// <param name="Commit">The commit's global id.</param>
/// <param name="Branch">Where changes go by `checkin`; null where a commit was checked out by its id.</param>
/// <param name="Path">The folder in the repo.</param>
internal sealed record CheckoutNote(int Version, string Repo, string Commit, string? Branch, string Path)
{
    /// <summary>The folder of the note.</summary>
    public const string Folder = ".slipway";

    private const string FileName = "checkout.json";

    /// <summary>The commit and folder, as the API takes them.</summary>
    public string Reference => new DataAddress(Repo, Commit, Path).ToFile();

    /// <summary>The note of a folder; null where it was not checked out.</summary>
    public static CheckoutNote? Find(string folder)
    {
        string file = System.IO.Path.Combine(folder, Folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), CheckoutJson.Default.CheckoutNote) is { Version: 1 } note ? note : throw Unreadable(file, "it is of a later version");
        }
        catch (JsonException error)
        {
            throw Unreadable(file, error.Message);
        }
    }

    /// <summary>The note of a folder that must have one.</summary>
    public static CheckoutNote Get(string folder) => Find(folder) ?? throw new CliException($"{folder} was not checked out from a repo", $"name what to compare with: slipway status {folder} REPO@BRANCH; or make a folder by: slipway checkout REPO@BRANCH FOLDER");

    /// <summary>Writes it whole, or not at all.</summary>
    public void Save(string folder)
    {
        string place = Directory.CreateDirectory(System.IO.Path.Combine(folder, Folder)).FullName;
        string draft = System.IO.Path.Combine(place, $"{FileName}.{Environment.ProcessId}");
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(this, CheckoutJson.Default.CheckoutNote));
        File.Move(draft, System.IO.Path.Combine(place, FileName), overwrite: true);
    }

    private static CliException Unreadable(string file, string why) => new($"{file} cannot be read: {why}", "remove it, and check out again");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(CheckoutNote))]
internal sealed partial class CheckoutJson : JsonSerializerContext;
