; makensis -DVERSION=0.1.0 -DPROGRAM=path\dialtone.exe -DICON=path\dialtone.ico -DOUT=path\Dialtone-0.1.0-setup.exe tools\package\windows.nsi
;
; Installs for the user who runs it, without asking for an administrator: program, start menu, links, and the entry by which it is removed.
Unicode true
!include "MUI2.nsh"

Name "Dialtone"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Dialtone"
RequestExecutionLevel user
SetCompressor /SOLID lzma
VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "Dialtone"
VIAddVersionKey "FileDescription" "Dialtone setup"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "LegalCopyright" "The Dialtone developers"

!define MUI_ICON "${ICON}"
!define REMOVE "Software\Microsoft\Windows\CurrentVersion\Uninstall\Dialtone"
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\dialtone.exe"
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"

Section
  SetOutPath "$INSTDIR"
  File "/oname=dialtone.exe" "${PROGRAM}"
  File "/oname=dialtone.ico" "${ICON}"
  CreateShortcut "$SMPROGRAMS\Dialtone.lnk" "$INSTDIR\dialtone.exe" "" "$INSTDIR\dialtone.ico"
  WriteRegStr HKCU "Software\Classes\dialtone" "" "URL:Dialtone link"
  WriteRegStr HKCU "Software\Classes\dialtone" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\dialtone\DefaultIcon" "" "$INSTDIR\dialtone.ico"
  WriteRegStr HKCU "Software\Classes\dialtone\shell\open\command" "" '"$INSTDIR\dialtone.exe" "%1"'
  WriteUninstaller "$INSTDIR\remove.exe"
  WriteRegStr HKCU "${REMOVE}" "DisplayName" "Dialtone"
  WriteRegStr HKCU "${REMOVE}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${REMOVE}" "Publisher" "The Dialtone developers"
  WriteRegStr HKCU "${REMOVE}" "DisplayIcon" "$INSTDIR\dialtone.ico"
  WriteRegStr HKCU "${REMOVE}" "UninstallString" '"$INSTDIR\remove.exe"'
  WriteRegDWORD HKCU "${REMOVE}" "NoModify" 1
  WriteRegDWORD HKCU "${REMOVE}" "NoRepair" 1
SectionEnd

; Profiles stay: they have the keys.
Section "Uninstall"
  Delete "$INSTDIR\dialtone.exe"
  Delete "$INSTDIR\dialtone.ico"
  Delete "$INSTDIR\remove.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\Dialtone.lnk"
  DeleteRegKey HKCU "Software\Classes\dialtone"
  DeleteRegKey HKCU "${REMOVE}"
SectionEnd
