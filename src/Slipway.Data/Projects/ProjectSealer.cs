using System.Security.Cryptography;
using Slipway.Content.Keys;

namespace Slipway.Data.Projects;

/// <summary>Makes, opens and re-wraps the keys of projects: values in, values out.</summary>
internal static class ProjectSealer
{
    private const int SecretSize = 32;

    /// <summary>Fresh keys for a project.</summary>
    public static ProjectSeal Create(string project, MasterKey master, DateTimeOffset now)
    {
        byte[] index = RandomNumberGenerator.GetBytes(SecretSize);
        return new ProjectSeal(master.Wrap(IndexOf(project), index), [NewKey(project, master, now)]);
    }

    /// <summary>Opens the keys.</summary>
    /// <exception cref="Slipway.Content.SlipwayException">As <see cref="MasterKey.Unwrap"/>.</exception>
    public static ProjectKeys Open(string project, ProjectSeal seal, MasterKey master) => new(
        project,
        master.Unwrap(IndexOf(project), seal.Index),
        [.. seal.Data.Select(key => new DataKey(key.Id, master.Unwrap(DataOf(project, key.Id), key.Key)))]);

    /// <summary>The same with one more data key, which seals what is new.</summary>
    public static ProjectSeal WithNewKey(string project, ProjectSeal seal, MasterKey master, DateTimeOffset now) =>
        seal with { Data = seal.Data.Add(NewKey(project, master, now)) };

    /// <summary>The same keys under another master key.</summary>
    public static ProjectSeal Rewrap(string project, ProjectSeal seal, MasterKey from, MasterKey to) => new(
        to.Wrap(IndexOf(project), from.Unwrap(IndexOf(project), seal.Index)),
        [.. seal.Data.Select(key => key with { Key = to.Wrap(DataOf(project, key.Id), from.Unwrap(DataOf(project, key.Id), key.Key)) })]);

    private static WrappedDataKey NewKey(string project, MasterKey master, DateTimeOffset now)
    {
        Guid id = Guid.NewGuid();
        return new WrappedDataKey(id, now, master.Wrap(DataOf(project, id), RandomNumberGenerator.GetBytes(SecretSize)));
    }

    private static string IndexOf(string project) => $"slipway project {project} index";

    private static string DataOf(string project, Guid id) => $"slipway project {project} data {id:n}";
}
