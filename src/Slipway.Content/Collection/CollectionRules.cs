namespace Slipway.Content.Collection;

/// <summary>What a collection takes for dead besides what nothing names.</summary>
/// <param name="AnswersBefore">Answers that were given before this moment, and that no job which still has its commit took, are dead.</param>
/// <param name="CachedStepsBefore">Cached build steps that were last an answer before this moment, and whose layer is in no image, are dead.</param>
/// <param name="UploadsBefore">Uploads in parts that were begun before this moment, and that nobody ended, are dead.</param>
/// <param name="Dropping">Commits whose files retention is going to drop, as <c>repo@global-id</c>: in a rehearsal they keep nothing alive.</param>
public sealed record CollectionRules(DateTimeOffset AnswersBefore, DateTimeOffset CachedStepsBefore, DateTimeOffset UploadsBefore, IReadOnlySet<string>? Dropping = null)
{
    /// <summary>Cached build steps that are dead by their age are so too where an image has their layer.</summary>
    public bool ForgetsStepsOfImages { get; init; }

    /// <summary>True for a commit whose files are going to be dropped.</summary>
    public bool Drops(string commit) => Dropping?.Contains(commit) ?? false;
}
